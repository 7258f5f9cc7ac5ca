//! The code on the pages of docs/origins, taken from the page and run: it lets somebody in who has a
//! token for this very request, and nobody else.

mod proxies;
mod server;

use std::path::Path;
use std::process::{Command, Stdio};

use deskgate_tests::judge::PYTHON;
use deskgate_tests::skip::skip;

use crate::server::{Server, block};

/// Whether a program is there and says yes; otherwise the test says that it does not run.
fn has(program: &str, arguments: &[&str]) -> bool {
    let probe =
        Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = probe.is_ok_and(|status| status.success());
    if !is_there {
        skip::<()>("docs/origins", &format!("{program} {} fails", arguments.join(" ")));
    }
    is_there
}

#[test]
fn the_page_for_flask_keeps_its_promises() {
    if !has(PYTHON, &["-c", "import flask, jwt, cryptography"]) {
        return;
    }
    let mut server = Server::new("flask");
    for file in ["deskgate.py", "app.py"] {
        server.write(file, &block("python.md", file));
    }
    let port = server.port;
    let arguments = ["-m", "flask", "run", "--port", &port.to_string()];
    server.start(Command::new(PYTHON).args(arguments), port);
    server.check("Hello, B. Simon");
}

/// What stands around the middleware.
const DJANGO: &str = "\
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=['127.0.0.1'], MIDDLEWARE=['middleware.who_is_calling'],
                   ROOT_URLCONF=__name__, SECRET_KEY='not used')


def ticket(request, number):
    return HttpResponse(f\"Hello, {request.caller['identity'].get('name', 'you')}\")


urlpatterns = [path('tickets/<int:number>', ticket)]
application = get_wsgi_application()
";

#[test]
fn the_page_for_django_keeps_its_promises() {
    if !has(PYTHON, &["-c", "import django, gunicorn, jwt, cryptography"]) {
        return;
    }
    let mut server = Server::new("django");
    for file in ["deskgate.py", "middleware.py"] {
        server.write(file, &block("python.md", file));
    }
    server.write("site_of_tickets.py", DJANGO);
    let port = server.port;
    let address = format!("127.0.0.1:{port}");
    let arguments = ["-m", "gunicorn", "--bind", &address, "site_of_tickets"];
    server.start(Command::new(PYTHON).args(arguments), port);
    server.check("Hello, B. Simon");
}

#[test]
fn the_page_for_php_keeps_its_promises() {
    if !has("php", &["-r", "exit(function_exists('sodium_crypto_sign') ? 0 : 1);"]) {
        return;
    }
    let mut server = Server::new("php");
    for file in ["deskgate.php", "index.php"] {
        server.write(file, &block("php.md", file));
    }
    let port = server.port;
    server.start(Command::new("php").args(["-S", &format!("127.0.0.1:{port}"), "index.php"]), port);
    server.check("Hello, B. Simon");
}

#[test]
fn the_page_for_go_keeps_its_promises() {
    if !has("go", &["version"]) {
        return;
    }
    let mut server = Server::new("go");
    server.write("main.go", &block("go.md", "main.go"));
    let build = Command::new("go")
        .args(["build", "-o", "server", "main.go"])
        .current_dir(&server.folder)
        .env("GO111MODULE", "off")
        .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"))
        .output()
        .expect("go");
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    let port = server.port;
    let program = server.folder.join("server");
    server.start(Command::new(program).env("LISTEN", format!("127.0.0.1:{port}")), port);
    server.check("Hello, B. Simon");
}
