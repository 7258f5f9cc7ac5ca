<?php
// The desk. Read anew on every request, so that a journey can change what is demanded of it by
// writing service-provider.json.
$desk = getenv('DESKGATE_E2E_DESK');
$demands = json_decode((string) @file_get_contents(getenv('DESKGATE_E2E_STATE') . '/service-provider.json'), true);
$metadata["$desk/deskgate/metadata"] = array_replace([
    'AssertionConsumerService' => [[
        'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
        'Location' => "$desk/deskgate/acs",
        'index' => 0,
        'isDefault' => true,
    ]],
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
], $demands ?: []);
