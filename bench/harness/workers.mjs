// The Workers and the modules that they are made of.
const EDGE = {
  "worker.mjs": "worker.mjs",
  "host.mjs": "host.mjs",
  "deskgate_edge.js": "deskgate_edge.js",
  "deskgate_edge_bg.wasm": "deskgate_edge_bg.wasm",
};
const same = (...names) => Object.fromEntries(names.map((name) => [name, name]));
const bundled = (name) => ({ modules: { "worker.js": `${name}.bundle.js`, "given.js": "given.js" } });

// As it ships.
export const SHIPPED = { edge: { modules: EDGE, desk: true } };

// With a second entry, which does parts of its work.
export const EDGE_AND_RULES = {
  edge: { modules: { ...same("rules.mjs", "clock.mjs", "serve.mjs", "given.js"), ...EDGE }, desk: true },
  "sign-in": { of: "edge", entrypoint: "rules", modules: {} },
};

export const DESKGATE = {
  deskgate: {
    modules: same(
      "deskgate.mjs",
      "serve.mjs",
      "given.js",
      "host.mjs",
      "deskgate_bench_wasm.js",
      "deskgate_bench_wasm_bg.wasm",
    ),
  },
};

export const LIMIT = { limit: { modules: same("limit.mjs", "serve.mjs", "given.js") } };
export const NODE_SAML = { "node-saml": bundled("node-saml") };
export const SAMLIFY = { samlify: bundled("samlify") };
export const JOSE = { jose: bundled("jose") };
export const BERGSHAMRA = {
  bergshamra: {
    modules: same("bergshamra.mjs", "serve.mjs", "given.js", "bergshamra_wasm.js", "bergshamra_wasm_bg.wasm"),
  },
};

export const GATES = {
  passthrough: { modules: same("passthrough.mjs") },
  floor: { modules: same("floor.mjs") },
  "gate-jose": { modules: { "worker.js": "gate-jose.bundle.js" } },
};

export const HELLO = {
  hello: {
    modules: { "worker.js": "startup-hello.bundle.js", ...same("hello_worker_bg.wasm") },
  },
};
export const STARTUP_PEERS = { "startup-peers": { modules: { "worker.js": "startup-peers.bundle.js" } } };
