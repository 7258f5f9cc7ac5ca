# The crypto provider of the Worker, alone, with the platform functions and the flags that it ships with.

using Workerd = import "/workerd/workerd.capnp";
using Deskgate = import "deskgate.capnp";

const config :Workerd.Config = (
  services = [ (name = "crypto", worker = .worker) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "crypto") ],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "host_crypto.mjs", esModule = embed "host_crypto.mjs"),
    (name = "host.mjs", esModule = embed "../../edge-worker/host.mjs"),
    (name = "deskgate_tests_host.js", esModule = embed "../host/build/deskgate_tests_host.js"),
    (name = "deskgate_tests_host_bg.wasm", wasm = embed "../host/build/deskgate_tests_host_bg.wasm"),
  ],
  compatibilityDate = Deskgate.date,
  compatibilityFlags = Deskgate.flags,
);
