<?php
// The people who may sign in. Attribute names are those of LDAP, not the claim URIs of Entra ID, and
// one name needs both UTF-8 and XML escaping on its way to the helpdesk.
$config = [
    'people' => [
        'exampleauth:UserPass',
        'B.Simon:test' => [
            'uid' => ['bsimon'],
            'mail' => ['B.Simon@contoso.com'],
            'givenName' => ['B.'],
            'sn' => ['Simon'],
            'displayName' => ['B. Simon'],
            'groups' => ['agents', 'escalation'],
        ],
        'zoe:test' => [
            'uid' => ['zoe'],
            'mail' => ['zoe@contoso.com'],
            'givenName' => ['Zoë'],
            'sn' => ['Ångström & Söhne <łódź> 山田'],
            'displayName' => ['Zoë Ångström & Söhne <łódź> 山田'],
            'groups' => ['customers'],
        ],
        // No name, no e-mail address, no groups: an identifier is all that a response must carry.
        'bare:test' => ['uid' => ['bare']],
    ],
    // A hosted helpdesk: a service provider whose identity provider is the desk.
    'helpdesk' => [
        'saml:SP',
        'entityID' => getenv('DESKGATE_E2E_IDP') . '/helpdesk',
        'idp' => getenv('DESKGATE_E2E_DESK') . '/deskgate/idp/helpdesk/metadata',
        'NameIDPolicy' => [
            'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
            'AllowCreate' => true,
        ],
    ],
];
