//! nginx and Envoy, which ask a verifier about each request.

use std::path::{Path, PathBuf};
use std::process::Command;

use deskgate_tests::judge::PYTHON;
use deskgate_tests::skip::skip;

use crate::has;
use crate::server::{Server, block, free_port, now, session};

/// What stands behind a proxy: it says under which name a request arrived.
const BEHIND: &str = "
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Echo(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'Remote-User is ' + ','.join(self.headers.get_all('Remote-User', [])).encode())
HTTPServer(('127.0.0.1', int(sys.argv[1])), Echo).serve_forever()
";

#[test]
fn the_page_for_nginx_keeps_its_promises() {
    if !has("nginx", &["-v"]) || !has(PYTHON, &["-c", "import jwt, cryptography"]) {
        return;
    }
    let mut server = Server::new("nginx");
    let (behind, verifier) = (free_port(), free_port());
    let configuration = block("nginx.md", "nginx.conf")
        .replace(":9100", &format!(":{}", server.port))
        .replace(":9200", &format!(":{behind}"))
        .replace(":9300", &format!(":{verifier}"));
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String =
        temporary.iter().map(|name| format!("{name}_temp_path {name};\n")).collect();
    server.write(
        "nginx.conf",
        &format!(
            "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}{configuration}}}\n"
        ),
    );
    server.write("verifier.py", &block("nginx.md", "verifier.py"));
    server.write("behind.py", BEHIND);
    let mut python = Command::new(PYTHON);
    server.start(python.arg("verifier.py").env("PORT", verifier.to_string()), verifier);
    server.start(Command::new(PYTHON).arg("behind.py").arg(behind.to_string()), behind);
    let prefix = server.folder.display().to_string();
    let port = server.port;
    let arguments = ["-e", "stderr", "-p", &prefix, "-c", "nginx.conf"];
    server.start(Command::new("nginx").args(arguments), port);
    server.check(&format!("Remote-User is {}", session(now()).subject()));
}

/// Where `cargo xtask setup` puts it; otherwise one in the path.
fn find_envoy() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../python/envoy/_bin/envoy");
    let found = [installed, PathBuf::from("envoy")].into_iter().find(|program| {
        Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
    });
    found.or_else(|| skip("docs/origins", "Envoy is not installed"))
}

#[test]
fn the_page_for_envoy_keeps_its_promises() {
    let Some(envoy) = find_envoy() else { return };
    if !has(PYTHON, &["-c", "import jwt, cryptography"]) {
        return;
    }
    let mut server = Server::new("envoy");
    let (behind, verifier) = (free_port(), free_port());
    let port = server.port;
    let configuration = block("envoy.md", "envoy.yaml")
        .replace("port_value: 9100", &format!("port_value: {port}"))
        .replace("port_value: 9200", &format!("port_value: {behind}"))
        .replace("port_value: 9300", &format!("port_value: {verifier}"));
    server.write("envoy.yaml", &configuration);
    server.write("verifier.py", &block("envoy.md", "verifier.py"));
    server.write("behind.py", BEHIND);
    let mut python = Command::new(PYTHON);
    server.start(python.arg("verifier.py").env("PORT", verifier.to_string()), verifier);
    server.start(Command::new(PYTHON).arg("behind.py").arg(behind.to_string()), behind);
    // Without shared memory: several may run at once.
    let arguments =
        ["-c", "envoy.yaml", "--disable-hot-restart", "--concurrency", "1", "-l", "error"];
    server.start(Command::new(envoy).args(arguments), port);
    server.check(&format!("Remote-User is {}", session(now()).subject()));
}
