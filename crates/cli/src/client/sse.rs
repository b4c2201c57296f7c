//! Server-sent events from bytes, as <https://html.spec.whatwg.org/multipage/server-sent-events.html> says.

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Its type; `message` if the server gave none.
    pub event: String,
    /// Its data; several lines are joined by newlines.
    pub data: String,
    /// The id to resume behind, as of this event.
    pub id: Option<String>,
}

/// An event larger than [`Decoder::LIMIT`]: not something that the API sends.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server sent an event of more than {} bytes", Decoder::LIMIT)]
pub struct TooLarge;

/// Takes bytes as they come and gives events as they become whole. What is not whole when the connection breaks is
/// dropped: the server sends it again from `Last-Event-ID`.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    after_carriage_return: bool,
    event: String,
    data: String,
    has_data: bool,
    id: Option<String>,
    id_in_event: Option<String>,
}

impl Decoder {
    /// Largest event, in bytes.
    pub const LIMIT: usize = 1024 * 1024;

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLarge> {
        let mut events = Vec::new();
        for &byte in bytes {
            match byte {
                b'\n' if self.after_carriage_return => {}
                b'\n' | b'\r' => events.extend(self.end_of_line()),
                _ => self.line.push(byte),
            }
            self.after_carriage_return = byte == b'\r';
            if self.line.len() + self.data.len() > Self::LIMIT {
                return Err(TooLarge);
            }
        }
        Ok(events)
    }

    fn end_of_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            "id" if !value.contains('\0') => self.id_in_event = Some(value.to_owned()),
            // `retry` too: how long to wait is ours to decide. An empty name is a comment, the server's sign of life.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        if let Some(id) = self.id_in_event.take() {
            self.id = Some(id);
        }
        let event = std::mem::take(&mut self.event);
        let data = std::mem::take(&mut self.data);
        // The standard drops an event without data even if it has a name; here the name alone says enough (`end`).
        if !std::mem::take(&mut self.has_data) && event.is_empty() {
            return None;
        }
        let event = if event.is_empty() { "message".to_owned() } else { event };
        Some(Event { event, data, id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str, chunk: usize) -> Vec<Event> {
        let mut decoder = Decoder::default();
        text.as_bytes().chunks(chunk).flat_map(|bytes| decoder.push(bytes).unwrap()).collect()
    }

    fn event(event: &str, data: &str, id: Option<&str>) -> Event {
        Event { event: event.into(), data: data.into(), id: id.map(str::to_owned) }
    }

    #[test]
    fn events_are_the_same_however_the_bytes_are_cut_and_lines_end() {
        let text = ": hello\n\nevent: line\nid: 7\ndata: {\"a\":\ndata:  1}\n\ndata: ü\nretry: 10\nodd\n\nevent: end\n\n";
        let expected = vec![
            event("line", "{\"a\":\n 1}", Some("7")),
            event("message", "ü", Some("7")),
            event("end", "", Some("7")),
        ];
        for ending in ["\n", "\r\n", "\r"] {
            let text = text.replace('\n', ending);
            for chunk in [1, 2, 3, 1000] {
                assert_eq!(decode(&text, chunk), expected, "{ending:?} {chunk}");
            }
        }
    }

    #[test]
    fn an_event_that_was_cut_off_is_not_shown_and_its_id_not_taken() {
        let mut decoder = Decoder::default();
        assert_eq!(
            decoder.push(b"id: 1\ndata: a\n\nid: 2\ndata: b\n").unwrap(),
            [event("message", "a", Some("1"))]
        );
        assert_eq!(decoder.id.as_deref(), Some("1"));
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(&vec![b'x'; Decoder::LIMIT + 1]), Err(TooLarge));
    }
}
