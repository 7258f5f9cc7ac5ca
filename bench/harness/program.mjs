// A program that is asked one JSON object a line and answers with another: the native peers and ours.
import { spawn } from "node:child_process";
import readline from "node:readline";

export class Program {
  constructor(name, command, parameters) {
    this.name = name;
    this.child = spawn(command, parameters, { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.once("error", () => {});
    this.child.stdin.on("error", () => {});
    this.lines = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async ask(request) {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} ended`);
    return JSON.parse(value);
  }

  // Who signed in, or why nobody did.
  verdict(work, document) {
    return this.ask({ work, document });
  }

  // Microseconds of CPU that so many operations took.
  async run(work, document, times) {
    const answer = await this.ask({ work, document, times });
    if (answer.microseconds === undefined) throw new Error(`${this.name} ${work} ${document}: ${JSON.stringify(answer)}`);
    return answer.microseconds;
  }

  async stop() {
    this.child.stdin.end();
    await this.ended;
  }
}
