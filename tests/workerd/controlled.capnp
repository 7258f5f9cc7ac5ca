# deskgate.capnp with control.mjs around the Worker: a second socket moves the clock and makes the
# Durable Object fail.

using Workerd = import "/workerd/workerd.capnp";
using Deskgate = import "deskgate.capnp";

const config :Workerd.Config = (
  services = [ (name = "edge", worker = .worker), Deskgate.state, Deskgate.internet ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "edge"),
    (name = "control", address = "127.0.0.1:0", http = (), service = (name = "edge", entrypoint = "control")),
  ],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "control.mjs", esModule = embed "control.mjs"),
    Deskgate.workerModule, Deskgate.hostModule, Deskgate.glueModule, Deskgate.wasmModule,
  ],
  compatibilityDate = Deskgate.date,
  compatibilityFlags = Deskgate.flags,
  durableObjectNamespaces = Deskgate.namespaces,
  durableObjectStorage = (localDisk = "state"),
  bindings = Deskgate.bindings,
);
