# The built Worker, as it ships, in raw workerd, for the browser journey and the benchmarks. The state
# directory and the address come from the command line:
#   workerd serve --directory-path=state=DIR --socket-addr=http=127.0.0.1:8787 deskgate.capnp

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "edge", worker = .worker), .state, .internet ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "edge") ],
);

const state :Workerd.Service = (name = "state", disk = (path = "/nonexistent", writable = true));

# Loopback only: nothing here may reach a real network.
const internet :Workerd.Service = (name = "internet", network = (allow = ["local"]));

const worker :Workerd.Worker = (
  modules = [ .workerModule, .hostModule, .glueModule, .wasmModule ],
  compatibilityDate = .date,
  compatibilityFlags = .flags,
  durableObjectNamespaces = .namespaces,
  durableObjectStorage = (localDisk = "state"),
  bindings = .bindings,
);

const workerModule :Workerd.Worker.Module =
  (name = "worker.mjs", esModule = embed "../../edge-worker/build/worker.mjs");
const hostModule :Workerd.Worker.Module =
  (name = "host.mjs", esModule = embed "../../edge-worker/build/host.mjs");
const glueModule :Workerd.Worker.Module =
  (name = "deskgate_edge.js", esModule = embed "../../edge-worker/build/deskgate_edge.js");
const wasmModule :Workerd.Worker.Module =
  (name = "deskgate_edge_bg.wasm", wasm = embed "../../edge-worker/build/deskgate_edge_bg.wasm");

const date :Text = "2026-04-01";
const flags :List(Text) = [ "nodejs_compat" ];
const namespaces :List(Workerd.Worker.DurableObjectNamespace) =
  [ (className = "Desk", uniqueKey = "deskgate-desk", enableSql = true) ];
const bindings :List(Workerd.Worker.Binding) = [
  (name = "DESK", durableObjectNamespace = "Desk"),
  (name = "DESKGATE_SECRET", fromEnvironment = "DESKGATE_SECRET"),
  (name = "DESKGATE_SECRET_FALLBACK", fromEnvironment = "DESKGATE_SECRET_FALLBACK"),
];
