// What the figures were measured on, and the versions of everything that was measured.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export function machine(place) {
  const release = fs.readFileSync("/etc/os-release", "utf8").match(/PRETTY_NAME="([^"]*)"/)?.[1];
  return {
    cpu: os.cpus()[0].model,
    cores: os.cpus().length,
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()}`,
    system: release,
    load: os.loadavg().map((each) => Number(each.toFixed(2))),
    versions: versions(place),
  };
}

function versions(place) {
  const output = (program, ...parameters) => execFileSync(program, parameters, { encoding: "utf8" }).trim();
  const npm = (name) =>
    JSON.parse(fs.readFileSync(path.join(place.repository, `tests/node_modules/${name}/package.json`), "utf8")).version;
  const crates = fs.readFileSync(path.join(place.repository, "bench/peers/Cargo.lock"), "utf8");
  const crate = (name) => crates.match(new RegExp(`name = "${name}"\nversion = "([^"]*)"`))?.[1];
  const python = fs.readFileSync(path.join(place.repository, "bench/peers/requirements.txt"), "utf8");
  const wheel = (name) => python.match(new RegExp(`^${name}==(.*)$`, "m"))?.[1];
  return {
    workerd: output(place.workerd, "--version").replace("workerd ", ""),
    "Node.js": process.versions.node,
    rustc: output("rustc", "--version").split(" ")[1],
    "node-saml": npm("@node-saml/node-saml"),
    samlify: npm("samlify"),
    jose: npm("jose"),
    ...Object.fromEntries(["bergshamra", "samael", "jsonwebtoken", "aws-lc-rs", "worker"].map((name) => [name, crate(name)])),
    ...Object.fromEntries(["python3-saml", "xmlsec", "lxml"].map((name) => [name, wheel(name)])),
  };
}
