<?php
// SimpleSAMLphp as an identity provider on loopback, for the browser journey only.
// Keys, sessions, logs and caches go below DESKGATE_E2E_STATE; nothing is written to /etc.
$state = getenv('DESKGATE_E2E_STATE');

$config = [
    'baseurlpath' => getenv('DESKGATE_E2E_IDP') . '/',
    'certdir' => "$state/cert/",
    'loggingdir' => "$state/log/",
    'datadir' => "$state/data/",
    'tempdir' => "$state/tmp",
    'cachedir' => "$state/cache",
    'template.cache' => "$state/cache",
    'metadatadir' => __DIR__ . '/metadata/',
    'metadata.sources' => [['type' => 'flatfile', 'directory' => __DIR__ . '/metadata/']],
    'attributenamemapdir' => '/etc/simplesamlphp/attributemap/',

    'technicalcontact_name' => 'deskgate tests',
    'technicalcontact_email' => 'nobody@example.com',
    'secretsalt' => 'only for tests on loopback',
    'auth.adminpassword' => 'only for tests on loopback',
    'timezone' => 'UTC',
    'admin.checkforupdates' => false,
    'production' => false,

    'debug' => ['saml' => false, 'backtraces' => true, 'validatexml' => false],
    'showerrors' => true,
    'errorreporting' => false,
    'logging.level' => 6,
    'logging.handler' => 'file',
    'logging.logfile' => 'simplesamlphp.log',
    'logging.processname' => 'simplesamlphp',
    'statistics.out' => [],

    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'exampleauth' => true, 'saml' => true],
    'authproc.idp' => [],
    'authproc.sp' => [],
    // A RelayState may be any path: the service provider decides where people go.
    'trusted.url.domains' => null,

    'store.type' => 'phpsession',
    'session.duration' => 8 * 3600,
    'session.datastore.timeout' => 4 * 3600,
    'session.state.timeout' => 3600,
    'session.cookie.name' => 'SimpleSAML',
    'session.cookie.lifetime' => 0,
    'session.cookie.path' => '/',
    'session.cookie.domain' => null,
    // Plain http on loopback.
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'session.phpsession.cookiename' => 'SimpleSAMLPHP',
    'session.phpsession.savepath' => "$state/sessions",
    'session.phpsession.httponly' => true,
    'session.authtoken.cookiename' => 'SimpleSAMLAuthToken',

    'language.available' => ['en'],
    'language.default' => 'en',
    'language.cookie.secure' => false,
    'language.cookie.samesite' => null,
    'theme.use' => 'default',
];
