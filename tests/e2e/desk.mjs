// A desk with two identity providers on free ports of loopback: workerd, the demo helpdesk, one that is
// hosted elsewhere, the demo identity provider and SimpleSAMLphp.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { freePort, ready, start, stop } from "./processes.mjs";
import { makeKey, startSimpleSamlPhp } from "./simplesamlphp.mjs";
import { program, startWorker } from "./worker.mjs";

export async function startDesk({ repository, target, state }) {
  for (const name of ["demo", "simplesamlphp"]) {
    fs.mkdirSync(path.join(state, name), { recursive: true });
  }
  const worker = await startWorker({ repository, target, state });
  const { url } = worker;
  const [originPort, demoPort, phpPort, zendeskPort] = await Promise.all(Array.from({ length: 4 }, freePort));
  const demoUrl = `http://localhost:${demoPort}`;
  const zendeskUrl = `http://localhost:${zendeskPort}`;
  const sharedSecret = crypto.randomBytes(24).toString("hex");

  const helpdesk = start(program(target, "deskgate-demo"), ["origin", "--port", originPort, "--edge", url], {
    log: path.join(state, "demo-origin.log"),
  });
  const demo = start(program(target, "deskgate-demo"), ["idp", "--port", demoPort, "--desk", url].concat(
    ["--state", path.join(state, "demo")],
  ), { log: path.join(state, "demo-idp.log") });
  const zendesk = start(program(target, "deskgate-demo"), ["zendesk", "--port", zendeskPort, "--edge", url].concat(
    ["--secret", sharedSecret],
  ), { log: path.join(state, "demo-zendesk.log") });
  const [simpleSamlPhp] = await Promise.all([
    startSimpleSamlPhp({ state: path.join(state, "simplesamlphp"), port: phpPort, deskUrl: url }),
    ready(helpdesk, `http://127.0.0.1:${originPort}/robots.txt`),
    ready(demo, demoUrl),
    ready(zendesk, zendeskUrl),
  ]);
  makeKey(path.join(state, "wrong.key"), path.join(state, "wrong.crt"), "Somebody else");

  const originUrl = `http://127.0.0.1:${originPort}`;
  const settings = ({ certificate = path.join(state, "simplesamlphp/cert/idp.crt"), origin = originUrl, more = "" } = {}) => `
name = "Contoso Helpdesk"
url = "${url}"
origin = "${origin}"
public_paths = ["/robots.txt", "/assets/"]
support = "it@contoso.com"

[[connections]]
name = "contoso"
display_name = "Contoso"
idp_entity_id = "${demoUrl}/"
sso_url = "${demoUrl}/saml2"
certificate_files = ["${path.join(state, "demo/idp.cer")}"]
email_domains = ["contoso.com"]

[[connections]]
name = "simplesamlphp"
display_name = "Fabrikam"
idp_entity_id = "${simpleSamlPhp.entityId}"
sso_url = "${simpleSamlPhp.ssoUrl}"
certificate_files = ["${certificate}"]
dangerous_any_email_domain = true
allow_idp_initiated = true
${more}
[[apps]]
name = "helpdesk"
display_name = "Hosted Helpdesk"
helpdesk = "generic"
mode = "bridge"
provisioning = "off"

[apps.generic]
audience = "${simpleSamlPhp.helpdesk.audience}"
acs_url = "${simpleSamlPhp.helpdesk.acsUrl}"

[apps.generic.attributes]
email = "email"
given_name = "given_name"
family_name = "family_name"

[[apps]]
name = "zendesk"
display_name = "Zen Helpdesk"
helpdesk = "zendesk"
mode = "hand_off"
# Both identity providers name the same B.Simon here, whom the directory would pin to the first of them.
provisioning = "off"

[apps.zendesk]
subdomain = "contoso"
shared_secret = "${sharedSecret}"
loopback_origin = "${zendeskUrl}"
`;
  const apply = (options) => worker.apply(settings(options));
  apply();
  const metadata = await fetch(`${url}/deskgate/idp/helpdesk/metadata`);
  simpleSamlPhp.helpdesk.learn(await metadata.text());
  return {
    url,
    demoUrl,
    zendeskUrl,
    simpleSamlPhp,
    stopHelpdesk: () => stop(helpdesk),
    apply,
    deskgate: worker.deskgate,
    wrongCertificate: path.join(state, "wrong.crt"),
  };
}
