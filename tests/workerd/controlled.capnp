# deskgate.capnp with control.mjs around the Worker: a second socket moves the clock and makes the
# Durable Object fail. The same Worker runs a second time, as another isolate with the same objects.

using Workerd = import "/workerd/workerd.capnp";
using Deskgate = import "deskgate.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .worker), (name = "other", worker = .other),
    Deskgate.state, Deskgate.internet,
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "edge"),
    (name = "control", address = "127.0.0.1:0", http = (), service = (name = "edge", entrypoint = "control")),
    (name = "other", address = "127.0.0.1:0", http = (), service = "other"),
    (name = "other-control", address = "127.0.0.1:0", http = (), service = (name = "other", entrypoint = "control")),
  ],
);

const worker :Workerd.Worker = (
  modules = .modules,
  compatibilityDate = Deskgate.date,
  compatibilityFlags = Deskgate.flags,
  durableObjectNamespaces = Deskgate.namespaces,
  durableObjectStorage = (localDisk = "state"),
  bindings = Deskgate.bindings,
);

const other :Workerd.Worker = (
  modules = .modules,
  compatibilityDate = Deskgate.date,
  compatibilityFlags = Deskgate.flags,
  bindings = [
    (name = "DESK", durableObjectNamespace = (className = "Desk", serviceName = "edge")),
    (name = "DESKGATE_SECRET", fromEnvironment = "DESKGATE_SECRET"),
    (name = "DESKGATE_SECRET_FALLBACK", fromEnvironment = "DESKGATE_SECRET_FALLBACK"),
  ],
);

const modules :List(Workerd.Worker.Module) = [
  (name = "control.mjs", esModule = embed "control.mjs"),
  Deskgate.workerModule, Deskgate.hostModule, Deskgate.glueModule, Deskgate.wasmModule,
];
