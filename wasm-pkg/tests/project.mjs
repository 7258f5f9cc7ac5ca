// An empty project in which the package is installed as npm would publish it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const source = path.join(import.meta.dirname, "..");

export function install() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "deskgate-package-"));
  process.once("exit", () => remove(folder));
  const npm = (...command) => execFileSync("npm", command, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [{ filename, files }] = JSON.parse(npm("pack", source, "--json", "--ignore-scripts"));
  writeFileSync(path.join(folder, "package.json"), '{ "name": "empty", "private": true, "type": "module" }\n');
  npm("install", `./${filename}`, "--offline", "--ignore-scripts", "--no-audit", "--no-fund");
  return {
    folder,
    tarball: path.join(folder, filename),
    files: files.map((file) => file.path),
    package: path.join(folder, "node_modules/@deskgate/verify"),
    /** Makes a package of our development dependencies one of the project. */
    add(name) {
      symlinkSync(path.join(source, "node_modules", name), path.join(folder, "node_modules", name));
    },
    write(name, text) {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    },
  };
}

// The processes of a browser end a little later than the browser, and write until then.
function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  } catch (error) {
    console.error(`${folder} is left behind: ${error.code}`);
  }
}
