# One workerd process with the Worker, a proxy that does nothing, and a handle on the rules.

using Workerd = import "/workerd/workerd.capnp";
using Deskgate = import "../../tests/workerd/deskgate.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "passthrough", worker = .passthrough),
    Deskgate.state,
    Deskgate.internet,
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:47887", http = (), service = "edge"),
    (name = "rules", address = "127.0.0.1:47888", http = (), service = (name = "edge", entrypoint = "rules")),
    (name = "passthrough", address = "127.0.0.1:47889", http = (), service = "passthrough"),
  ],
);

const edge :Workerd.Worker = (
  modules = [
    (name = "rules.mjs", esModule = embed "rules.mjs"),
    Deskgate.workerModule, Deskgate.hostModule, Deskgate.glueModule, Deskgate.wasmModule,
    (name = "small.xml", text = embed "../../tests/vectors/responses/loopback.xml"),
    (name = "large.xml", text = embed "../../tests/vectors/responses/loopback-large.xml"),
    (name = "idp.crt", text = embed "../../tests/vectors/keys/rsa-2048.crt"),
  ],
  compatibilityDate = Deskgate.date,
  compatibilityFlags = Deskgate.flags,
  durableObjectNamespaces = Deskgate.namespaces,
  durableObjectStorage = (localDisk = "state"),
  bindings = Deskgate.bindings,
);

const passthrough :Workerd.Worker = (
  modules = [ (name = "passthrough.mjs", esModule = embed "passthrough.mjs") ],
  compatibilityDate = Deskgate.date,
  bindings = [ (name = "ORIGIN", fromEnvironment = "ORIGIN") ],
);
