// What the service providers in JavaScript share: settings and messages come in as JSON, requests or
// findings go out as JSON. Who agrees with whom is decided by the test that started them.
import process from "node:process";

export async function run(name, library, make) {
  if (!library) {
    console.log(`${name} is not installed below tests/node_modules`);
    process.exit(3);
  }
  let text = "";
  for await (const piece of process.stdin) text += piece;
  const input = JSON.parse(text);
  const serviceProvider = make(library, input);
  if (!input.messages) {
    console.log(JSON.stringify(await serviceProvider.requests()));
    return;
  }
  const findings = [];
  for (const message of input.messages) {
    findings.push(
      await serviceProvider.read(message).then(
        (person) => ({ accepted: true, ...person }),
        (error) => ({ accepted: false, reason: String(error?.message ?? error) }),
      ),
    );
  }
  console.log(JSON.stringify(findings));
}
