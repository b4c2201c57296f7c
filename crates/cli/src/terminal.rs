//! The only door to the outside: everything that is printed or asked goes through [`Terminal`].
//!
//! WHY: results go to stdout and everything else to stderr, so that `-o json` can be piped; a reader that has had
//! enough (`terrane list | head`) is no error; lines that come while progress is shown must not tear it; and colours
//! are only for people (a terminal, no `NO_COLOR`, not `TERM=dumb`).

use std::{
    collections::VecDeque,
    io::{self, IsTerminal, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Palette;

/// stdin, stdout and stderr of this process, or memory in tests.
pub struct Terminal {
    inner: Mutex<Inner>,
    interactive: bool,
    live: bool,
    out_palette: Palette,
    err_palette: Palette,
}

struct Inner {
    out: Box<dyn Write + Send>,
    out_error: Option<io::Error>,
    err: Box<dyn Write + Send>,
    region: Option<Region>,
    answers: Answers,
}

/// Lines that are redrawn in place.
struct Region {
    bar: ProgressBar,
    shown: Vec<String>,
}

enum Answers {
    Stdin,
    #[cfg_attr(not(test), allow(dead_code, reason = "what a test would type"))]
    Given(VecDeque<String>),
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A line, without its end.
    Line(String),
    /// Nothing: the input has ended.
    End,
    /// Ctrl-C.
    Interrupted,
}

impl Terminal {
    /// That of this process.
    pub fn of_process() -> Self {
        let (stdin, stdout, stderr) =
            (io::stdin().is_terminal(), io::stdout().is_terminal(), io::stderr().is_terminal());
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_none_or(|term| term == "dumb");
        let colours = set("NO_COLOR").is_none() && !dumb;
        Self {
            inner: Mutex::new(Inner {
                out: Box::new(io::stdout()),
                out_error: None,
                err: Box::new(io::stderr()),
                region: None,
                answers: Answers::Stdin,
            }),
            interactive: stdin && stderr,
            live: stderr && !dumb,
            out_palette: Palette::new(stdout && colours),
            err_palette: Palette::new(stderr && colours),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic while printing leaves nothing half-done that matters.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a person sits there who can be asked.
    pub fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Whether progress can be drawn in place.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Colours of stdout.
    pub fn out_palette(&self) -> Palette {
        self.out_palette
    }

    /// Colours of stderr.
    pub fn err_palette(&self) -> Palette {
        self.err_palette
    }

    /// Prints a result, and a newline behind it, on stdout.
    pub fn print(&self, text: &str) {
        self.print_exactly(&format!("{text}\n"));
    }

    /// Prints a result on stdout as it is.
    pub fn print_exactly(&self, text: &str) {
        let mut inner = self.inner();
        if inner.out_error.is_none()
            && let Err(error) = inner.out.write_all(text.as_bytes()).and_then(|()| inner.out.flush())
        {
            inner.out_error = Some(error);
        }
    }

    /// Whether stdout takes nothing more, so that going on with a long output makes no sense.
    pub fn is_closed(&self) -> bool {
        self.inner().out_error.is_some()
    }

    /// Why stdout took not everything; `None` also if its reader had had enough.
    pub fn output_error(&self) -> Option<io::Error> {
        self.inner().out_error.take().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }

    /// Says something to the person, on stderr. If that can't be done there is nobody left to tell.
    pub fn note(&self, text: &str) {
        let mut inner = self.inner();
        match &inner.region {
            Some(region) => region.bar.println(text),
            None => drop(writeln!(inner.err, "{text}")),
        }
    }

    /// Draws these lines below everything that was said, in place of those drawn before.
    pub fn draw(&self, lines: Vec<String>) {
        let mut inner = self.inner();
        let region = inner.region.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{msg}") {
                bar.set_style(style);
            }
            Region { bar, shown: Vec::new() }
        });
        // Drawn anew only when it changed: terminals far away flicker.
        if region.shown != lines {
            region.bar.set_message(lines.join("\n"));
            region.shown = lines;
        }
    }

    /// Takes away what was drawn.
    pub fn clear(&self) {
        if let Some(region) = self.inner().region.take() {
            region.bar.finish_and_clear();
        }
    }

    /// How many columns there are for what is drawn.
    pub fn width(&self) -> usize {
        console::Term::stderr().size().1.into()
    }

    /// Asks, and waits for a line or for Ctrl-C.
    pub async fn ask(&self, question: &str) -> Answer {
        {
            let mut inner = self.inner();
            let _ = write!(inner.err, "{question} ").and_then(|()| inner.err.flush());
            if let Answers::Given(answers) = &mut inner.answers {
                return answers.pop_front().map_or(Answer::End, Answer::Line);
            }
        }
        let (sender, answer) = tokio::sync::oneshot::channel();
        // A thread of its own, which may be left behind: a read from a terminal can't be given up.
        std::thread::spawn(move || {
            let mut line = String::new();
            let answer = match io::stdin().read_line(&mut line) {
                Ok(0) | Err(_) => Answer::End,
                Ok(_) => Answer::Line(line.trim_end_matches(['\r', '\n']).to_owned()),
            };
            // The question may have been given up meanwhile.
            let _ = sender.send(answer);
        });
        tokio::select! {
            answer = answer => answer.unwrap_or(Answer::End),
            _ = tokio::signal::ctrl_c() => Answer::Interrupted,
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A terminal in memory.

    use std::sync::Arc;

    use super::*;

    /// What was printed.
    #[derive(Clone, Default)]
    pub struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Paper {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A person who types these lines; returns what appears on stdout and stderr.
    pub fn person(answers: &[&str]) -> (Terminal, Paper, Paper) {
        let (out, err) = (Paper::default(), Paper::default());
        let answers = Answers::Given(answers.iter().map(|answer| (*answer).to_owned()).collect());
        let inner = Inner {
            out: Box::new(out.clone()),
            out_error: None,
            err: Box::new(err.clone()),
            region: None,
            answers,
        };
        let plain = Palette::new(false);
        let terminal = Terminal {
            inner: Mutex::new(inner),
            interactive: true,
            live: false,
            out_palette: plain,
            err_palette: plain,
        };
        (terminal, out, err)
    }
}
