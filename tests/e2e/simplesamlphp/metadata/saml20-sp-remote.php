<?php
$desk = getenv('DESKGATE_E2E_DESK');
$metadata["$desk/deskgate/metadata"] = [
    'AssertionConsumerService' => [[
        'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
        'Location' => "$desk/deskgate/acs",
        'index' => 0,
        'isDefault' => true,
    ]],
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
];
