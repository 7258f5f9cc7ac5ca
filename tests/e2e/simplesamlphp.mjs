// SimpleSAMLphp as an identity provider, and as a helpdesk that speaks SAML, on http://localhost, which for a browser is another site than
// the desk on http://127.0.0.1: cookies must cope with a cross-site POST, as they do in the world.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { ready, start } from "./processes.mjs";

const WWW = "/usr/share/simplesamlphp/www";
const CONFIGURATION = path.join(import.meta.dirname, "simplesamlphp");

export const missing = () => (fs.existsSync(WWW) ? undefined : `${WWW} is not there`);

export async function startSimpleSamlPhp({ state, port, deskUrl }) {
  for (const folder of ["cert", "log", "data", "tmp", "cache", "sessions"]) {
    fs.mkdirSync(path.join(state, folder), { recursive: true });
  }
  const key = path.join(state, "cert/idp.key");
  const certificate = path.join(state, "cert/idp.crt");
  makeKey(key, certificate, "SimpleSAMLphp for tests");
  const url = `http://localhost:${port}`;
  const php = start("php", ["-d", `session.save_path=${state}/sessions`, "-S", `localhost:${port}`, "-t", WWW], {
    log: path.join(state, "log/php.log"),
    env: {
      SIMPLESAMLPHP_CONFIG_DIR: CONFIGURATION,
      PHP_CLI_SERVER_WORKERS: "2",
      DESKGATE_E2E_STATE: state,
      DESKGATE_E2E_IDP: url,
      DESKGATE_E2E_DESK: deskUrl,
    },
  });
  await ready(php, `${url}/saml2/idp/metadata.php`);
  return {
    entityId: `${url}/idp`,
    ssoUrl: `${url}/saml2/idp/SSOService.php`,
    sloUrl: `${url}/saml2/idp/SingleLogoutService.php`,
    certificate: fs.readFileSync(certificate, "utf8"),
    // As a hosted helpdesk, with the desk as its identity provider.
    helpdesk: {
      audience: `${url}/helpdesk`,
      acsUrl: `${url}/module.php/saml/sp/saml2-acs.php/helpdesk`,
      page: `${url}/module.php/core/authenticate.php?as=helpdesk`,
      learn: (metadata) => fs.writeFileSync(path.join(state, "bridge.xml"), metadata),
    },
    // What it demands of the desk from now on, in the words of SimpleSAMLphp's saml20-sp-remote.
    demand: (options) => fs.writeFileSync(path.join(state, "service-provider.json"), JSON.stringify(options)),
    // Where a person starts who begins at the identity provider.
    launch: (target) =>
      `${url}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(`${deskUrl}/deskgate/metadata`)}` +
      `&RelayState=${encodeURIComponent(target)}`,
    // Where a person goes who signs out at the identity provider, and where that ends.
    logout: (target) => `${url}/saml2/idp/initSLO.php?RelayState=${encodeURIComponent(target)}`,
  };
}

export function makeKey(key, certificate, name) {
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30"].concat(
      ["-subj", `/CN=${name}`, "-keyout", key, "-out", certificate],
    ),
    { stdio: "ignore" },
  );
}
