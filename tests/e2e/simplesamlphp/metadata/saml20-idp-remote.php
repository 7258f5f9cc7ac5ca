<?php
// The desk as identity provider of the helpdesk, from the metadata that it publishes.
$published = getenv('DESKGATE_E2E_STATE') . '/bridge.xml';
if (is_file($published)) {
    $parser = \SimpleSAML\Metadata\SAMLParser::parseString(file_get_contents($published));
    $metadata[getenv('DESKGATE_E2E_DESK') . '/deskgate/idp/helpdesk/metadata'] = $parser->getMetadata20IdP();
}
