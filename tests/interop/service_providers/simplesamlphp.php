<?php
// SimpleSAMLphp as the service provider of an app. Exit code 3: it is not installed.

declare(strict_types=1);

$autoload = '/usr/share/simplesamlphp/lib/_autoload.php';
if (!is_file($autoload)) {
    echo 'SimpleSAMLphp is not there';
    exit(3);
}
// Its notices would stand in the middle of the JSON.
ini_set('display_errors', 'stderr');
require $autoload;

use SAML2\DOMDocumentFactory;
use SAML2\Response;
use SimpleSAML\Configuration;
use SimpleSAML\Metadata\SAMLParser;
use SimpleSAML\Module\saml\Message;

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$acs = parse_url($given['sp']['acs_url']);
$_SERVER['HTTPS'] = 'on';
$_SERVER['SERVER_PORT'] = '443';
$_SERVER['HTTP_HOST'] = $acs['host'];
$_SERVER['REQUEST_URI'] = $acs['path'];
$_SERVER['SCRIPT_NAME'] = $acs['path'];
Configuration::setPreLoadedConfig(Configuration::loadFromArray([
    'baseurlpath' => 'https://' . $acs['host'] . '/',
    'assertion.allowed_clock_skew' => 0,
    'logging.handler' => 'stderr',
    'logging.level' => 0,
]));
// The metadata that an administrator would import, read by its own parser.
$imported = SAMLParser::parseString($given['idp']['metadata'])->getMetadata20IdP();
$imported['validate.authnrequest'] = false;
$idp = Configuration::loadFromArray($imported);

$key = tempnam(sys_get_temp_dir(), 'deskgate');
file_put_contents($key, $given['sp']['key']);
$certificate = tempnam(sys_get_temp_dir(), 'deskgate');
file_put_contents($certificate, $given['sp']['certificate']);
$settings = [
    'entityid' => $given['sp']['entity_id'],
    'privatekey' => $key,
    'certificate' => $certificate,
    'saml20.sign.assertion' => true,
    'NameIDPolicy' => ['Format' => $given['name_id_format'], 'AllowCreate' => true],
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
];

function request(array $settings, Configuration $idp, array $given, bool $signed): string
{
    $sp = Configuration::loadFromArray($settings + ['sign.authnrequest' => $signed, 'redirect.sign' => $signed]);
    $request = Message::buildAuthnRequest($sp, $idp);
    $request->setAssertionConsumerServiceURL($given['sp']['acs_url']);
    $request->setProtocolBinding('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST');
    $request->setDestination($given['idp']['sso_url']);
    $request->setRelayState('state');
    return (new SAML2\HTTPRedirect())->getRedirectURL($request);
}

function read(array $message, array $settings, Configuration $idp): array
{
    $xml = DOMDocumentFactory::fromString(base64_decode($message['saml_response'], true));
    $response = new Response($xml->documentElement);
    $assertions = Message::processResponse(Configuration::loadFromArray($settings), $idp, $response);
    if (count($assertions) !== 1) {
        throw new Exception('not one assertion');
    }
    // What SimpleSAMLphp compares with the state of the session.
    if ($response->getInResponseTo() !== $message['request_id']) {
        throw new Exception('another request');
    }
    if ($response->getIssuer()->getValue() !== $idp->getString('entityid')) {
        throw new Exception('another issuer');
    }
    return [
        'accepted' => true,
        'name_id' => $assertions[0]->getNameId()->getValue(),
        'attributes' => (object) $assertions[0]->getAttributes(),
    ];
}

if (isset($given['messages'])) {
    $said = [];
    foreach ($given['messages'] as $message) {
        try {
            $said[] = read($message, $settings, $idp);
        } catch (Throwable $error) {
            $said[] = ['accepted' => false, 'reason' => $error->getMessage()];
        }
    }
} else {
    $said = [
        'redirect' => request($settings, $idp, $given, false),
        'signed_redirect' => request($settings, $idp, $given, true),
    ];
}
unlink($key);
unlink($certificate);
echo json_encode($said, JSON_THROW_ON_ERROR);
