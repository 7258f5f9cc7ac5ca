// Deno and Bun as npm installs them: a program for this machine, of which nothing else is there.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

function findProgram(scope, program) {
  const folder = path.join(import.meta.dirname, "../node_modules", scope);
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  return packages.map((name) => path.join(folder, name, program)).find((file) => existsSync(file));
}

/** How to run and to serve a module of a project; `program` is undefined where it is not installed. */
export function runtimes({ folder }) {
  // Only what the project brought along, and nothing of the machine but the project.
  const deno = ["--no-remote", "--node-modules-dir=manual", `--allow-read=${folder}`];
  return [
    {
      name: "Deno",
      program: findProgram("@deno", "deno"),
      run: ["run", ...deno],
      serve: (port) => ["serve", "--host=127.0.0.1", `--port=${port}`, "--allow-net=127.0.0.1", ...deno],
      env: { ...process.env, DENO_DIR: path.join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    },
    {
      name: "Bun",
      program: findProgram("@oven", "bin/bun"),
      run: ["run", "--no-install"],
      serve: (port) => ["run", "--no-install", `--port=${port}`],
      env: process.env,
    },
  ];
}
