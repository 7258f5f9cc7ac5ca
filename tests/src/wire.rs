//! HTTP/1.1 on a socket, byte for byte.
//!
//! A client library would repair what these tests send and hide what they must see: header names in odd
//! spellings, duplicates, and when exactly a piece of a body arrives.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Header names and values in order, spelled as they were sent.
pub type Headers = Vec<(String, String)>;

/// The value of the first header of this name, in any case.
#[must_use]
pub fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// One end of a connection.
#[derive(Debug)]
pub struct Wire {
    reader: BufReader<TcpStream>,
}

/// The first line of a message, split at its first two spaces, and the headers.
#[derive(Clone, Debug)]
pub struct Head {
    /// `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`, in three parts.
    pub start: [String; 3],
    /// The headers.
    pub headers: Headers,
}

/// How the end of a body is found (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// `Content-Length`, or none in a request.
    Length(usize),
    /// A response that ends with the connection.
    UntilClose,
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        Self::over(TcpStream::connect_timeout(&address, PATIENCE)?)
    }

    /// Takes an accepted connection.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(stream) })
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes)
    }

    /// Sends a first line and headers.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn write_head(&mut self, start: &str, headers: &Headers) -> io::Result<()> {
        let mut head = format!("{start}\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.write(head.as_bytes())
    }

    /// Sends one chunk of a chunked body; an empty one ends it.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn write_chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.write(&chunk)
    }

    /// Reads a head; `None` when the other end closed before it.
    ///
    /// # Errors
    /// Those of the socket, and `InvalidData` for what is not HTTP.
    pub fn read_head(&mut self) -> io::Result<Option<Head>> {
        let Some(start) = self.read_line()? else { return Ok(None) };
        let mut parts = start.splitn(3, ' ').map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        let start = [part(), part(), part()];
        let mut headers = Headers::new();
        loop {
            let line = self.read_line()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if line.is_empty() {
                return Ok(Some(Head { start, headers }));
            }
            let (name, value) = line.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
            headers.push((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()));
        }
    }

    /// Reads the next piece of a body as it arrives; empty at its end. `framing` remembers how much is left.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn read_piece(&mut self, framing: &mut Framing) -> io::Result<Vec<u8>> {
        match framing {
            Framing::Chunked => self.read_chunk(),
            Framing::Length(0) => Ok(Vec::new()),
            Framing::Length(left) => {
                let piece = self.read_available(*left)?;
                if piece.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                *left -= piece.len();
                Ok(piece)
            }
            Framing::UntilClose => self.read_available(usize::MAX),
        }
    }

    /// Reads a body to its end.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn read_body(&mut self, mut framing: Framing) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let piece = self.read_piece(&mut framing)?;
            if piece.is_empty() {
                return Ok(body);
            }
            body.extend_from_slice(&piece);
        }
    }

    /// The connection itself, for a WebSocket, with what was read beyond the head.
    #[must_use]
    pub fn into_parts(self) -> (TcpStream, Vec<u8>) {
        let rest = self.reader.buffer().to_vec();
        (self.reader.into_inner(), rest)
    }

    fn read_chunk(&mut self) -> io::Result<Vec<u8>> {
        let size = self.read_line()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = usize::from_str_radix(&size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        let mut chunk = vec![0; size];
        self.reader.read_exact(&mut chunk)?;
        self.read_line()?;
        Ok(chunk)
    }

    fn read_available(&mut self, at_most: usize) -> io::Result<Vec<u8>> {
        let available = self.reader.fill_buf()?;
        let piece = available[..available.len().min(at_most)].to_vec();
        self.reader.consume(piece.len());
        Ok(piece)
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

impl Head {
    /// How the body of this request ends.
    #[must_use]
    pub fn request_framing(&self) -> Framing {
        self.declared_framing().unwrap_or(Framing::Length(0))
    }

    /// How the body of this response to a request of `method` ends.
    #[must_use]
    pub fn response_framing(&self, method: &str) -> Framing {
        if method == "HEAD" || matches!(self.start[1].as_str(), "101" | "204" | "304") {
            return Framing::Length(0);
        }
        self.declared_framing().unwrap_or(Framing::UntilClose)
    }

    fn declared_framing(&self) -> Option<Framing> {
        if header(&self.headers, "transfer-encoding").is_some() {
            return Some(Framing::Chunked);
        }
        header(&self.headers, "content-length").and_then(|n| n.parse().ok()).map(Framing::Length)
    }
}
