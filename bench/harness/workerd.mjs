// workerd processes: a configuration is written for the Workers that one of them runs, each on its own port.
//
// CPU time is what the main thread of workerd has run, from /proc/PID/task/PID/schedstat, before and after
// one request that does the work many times. Clocks inside of workerd stand still while it works.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

// One agent without keep-alive: a connection of the previous workerd must not be tried again.
const agent = new http.Agent({ keepAlive: false });

// The first of our ports is the desk that the documents name.
const FIRST_PORT = 47887;

export function send(method, url, { body, headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent, timeout: 60_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    request.on("timeout", () => request.destroy(new Error(`no answer from ${url}`)));
    request.on("error", reject);
    request.end(body);
  });
}

// `workers`: name to { modules: { NAME: FILE }, desk, entrypoint }. The modules' files are in `folder`.
export class Workerd {
  constructor(place, workers, { environment = {}, state } = {}) {
    this.place = place;
    this.names = Object.keys(workers);
    this.environment = environment;
    this.state = state;
    this.config = path.join(place.folder, `${this.names.join("-").slice(0, 60)}.capnp`);
    fs.writeFileSync(this.config, this.write(workers));
  }

  url(name) {
    return `http://127.0.0.1:${FIRST_PORT + this.names.indexOf(name)}`;
  }

  write(workers) {
    const relative = path.relative(this.place.folder, path.join(this.place.repository, "tests/workerd/deskgate.capnp"));
    const kind = (name) => (name.endsWith(".wasm") ? "wasm" : "esModule");
    const definitions = Object.entries(workers).map(([name, { modules, desk }]) => {
      const list = Object.entries(modules).map(
        ([as, file]) => `(name = "${as}", ${kind(as)} = embed "${file}")`,
      );
      const bindings = desk ? "Deskgate.bindings" : '[ (name = "ORIGIN", fromEnvironment = "ORIGIN") ]';
      const storage = desk
        ? 'durableObjectNamespaces = Deskgate.namespaces, durableObjectStorage = (localDisk = "state"),'
        : "";
      return `const ${camel(name)} :Workerd.Worker = (
  modules = [ ${list.join(", ")} ],
  compatibilityDate = Deskgate.date, compatibilityFlags = Deskgate.flags, ${storage}
  bindings = ${bindings},
);`;
    });
    const services = this.names
      .filter((name) => !workers[name].of)
      .map((name) => `(name = "${name}", worker = .${camel(name)})`);
    const sockets = this.names.map((name, at) => {
      const { of, entrypoint } = workers[name];
      const service = of ? `(name = "${of}", entrypoint = "${entrypoint}")` : `"${name}"`;
      return `(name = "${name}", address = "127.0.0.1:${FIRST_PORT + at}", http = (), service = ${service})`;
    });
    return `using Workerd = import "/workerd/workerd.capnp";
using Deskgate = import "${relative}";
const config :Workerd.Config = (
  services = [ ${services.join(", ")}, Deskgate.state, Deskgate.internet ],
  sockets = [ ${sockets.join(",\n    ")} ],
);
${definitions.filter((_, at) => !Object.values(workers)[at].of).join("\n")}
`;
  }

  // Until the first Worker answers, whatever it answers.
  async start() {
    const state = this.state ?? fs.mkdtempSync(path.join(this.place.folder, "state-"));
    if (await send("GET", this.url(this.names[0])).catch(() => undefined)) {
      throw new Error(`port ${FIRST_PORT} is taken: does another benchmark run?`);
    }
    const begun = performance.now();
    this.log ??= fs.openSync(path.join(this.place.folder, "workerd.log"), "a");
    this.child = spawn(this.place.workerd, ["serve", `--directory-path=state=${state}`, this.config], {
      stdio: ["ignore", "ignore", this.log],
      env: this.environment,
    });
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
    while (performance.now() - begun < 20_000 && this.child.exitCode === null) {
      const answer = await send("GET", `${this.url(this.names[0])}/deskgate/health`).catch(() => undefined);
      if (answer) return performance.now() - begun;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await this.stop();
    throw new Error(`workerd does not start with ${this.config}`);
  }

  async stop() {
    this.child?.kill();
    await this.ended;
  }

  // Microseconds.
  cpu() {
    const { pid } = this.child;
    return Number(fs.readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1000;
  }

  // One Worker as a program that can be asked.
  participant(name) {
    const ask = async (request) => {
      const before = this.cpu();
      const answer = await send("POST", this.url(name), { body: JSON.stringify(request) });
      const microseconds = this.cpu() - before;
      if (answer.status !== 200) throw new Error(`${name} ${JSON.stringify(request)}: ${answer.body}`);
      return { microseconds, answer: answer.body };
    };
    const empty = async () => (await ask({ work: "empty", times: 1 })).microseconds;
    return {
      name,
      empty,
      verdict: async (work, document) => JSON.parse((await ask({ work, document })).answer),
      run: async (work, document, times) => {
        const without = await empty();
        return (await ask({ work, document, times })).microseconds - without;
      },
    };
  }
}

const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
