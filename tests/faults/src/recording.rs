//! What a program asked of the system, read from what `strace` wrote down.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// One call that has ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// The thread that made it.
    pub thread: u32,
    /// How many other calls had ended when it began: what those did, it finds done.
    pub after: usize,
    /// When, in nanoseconds since 1970: not before it began, and not after it had ended.
    pub at: u64,
    /// Its name, such as `pwrite64`.
    pub name: String,
    /// What it was given.
    pub arguments: Vec<Argument>,
    /// What it answered; below 0 when it failed.
    pub answer: i64,
}

/// What a call was given, as far as it matters here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Argument {
    /// Bytes in memory: a path, or what is written. Of several pieces, all in a row.
    Bytes(Vec<u8>),
    /// A number.
    Number(i64),
    /// A word of the system's own, such as `O_RDWR|O_CREAT`.
    Word(String),
}

/// Reads all calls of a log, in the order in which they ended.
///
/// # Errors
/// When the log cannot be read, or a line of it is not as expected.
pub fn read(log: &Path) -> io::Result<Vec<Call>> {
    parse(&fs::read_to_string(log)?).map_err(io::Error::other)
}

/// A call that has begun: what is written of it so far.
struct Begun<'a> {
    after: usize,
    text: &'a str,
}

fn parse(log: &str) -> Result<Vec<Call>, String> {
    let mut calls = Vec::new();
    let mut open: BTreeMap<u32, Begun<'_>> = BTreeMap::new();
    for line in log.lines() {
        let (thread, stamp, text) = columns(line).ok_or_else(|| strange(line))?;
        if text.starts_with("+++") || text.starts_with("---") {
            continue;
        }
        if let Some(text) = text.strip_suffix(" <unfinished ...>") {
            open.insert(thread, Begun { after: calls.len(), text });
            continue;
        }
        let (after, text) = match text.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            Some((_, rest)) => {
                let begun = open.remove(&thread).ok_or_else(|| strange(line))?;
                (begun.after, [begun.text, rest].concat())
            }
            None => (calls.len(), text.to_owned()),
        };
        calls.extend(call(&text).ok_or_else(|| strange(line))?.map(|(name, arguments, answer)| Call {
            thread,
            after,
            at: stamp,
            name,
            arguments,
            answer,
        }));
    }
    Ok(calls)
}

/// The thread, the instant, the rest.
fn columns(line: &str) -> Option<(u32, u64, &str)> {
    let (thread, rest) = line.split_once(' ')?;
    let (stamp, text) = rest.trim_start().split_once(' ')?;
    let (seconds, nanos) = stamp.split_once('.')?;
    let nanos = format!("{nanos:0<9}").parse::<u64>().ok()?;
    Some((thread.parse().ok()?, seconds.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(nanos)?, text))
}

/// Lines can be as long as a photo.
fn strange(line: &str) -> String {
    let start: String = line.chars().take(200).collect();
    format!("strace wrote a line of an unknown form: {start}")
}

type Parts = (String, Vec<Argument>, i64);

/// `None` for text that is no call; `Some(None)` for a call in which the program ended.
fn call(text: &str) -> Option<Option<Parts>> {
    let (name, rest) = text.split_once('(')?;
    let (arguments, answer) = rest.rsplit_once(" = ")?;
    let answer = answer.split_whitespace().next()?;
    if answer == "?" {
        return Some(None);
    }
    let answer = number(answer)?;
    let arguments = split(arguments.trim_end().strip_suffix(')')?).into_iter().map(argument).collect::<Option<_>>()?;
    Some(Some((name.to_owned(), arguments, answer)))
}

/// At the commas that stand in no bracket. Quoted text is hexadecimal, so it holds neither.
fn split(arguments: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, byte) in arguments.bytes().enumerate() {
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(arguments[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if !arguments.is_empty() {
        parts.push(arguments[start..].trim());
    }
    parts
}

fn argument(text: &str) -> Option<Argument> {
    if text.contains('"') {
        // Text that strace cut off is followed by dots.
        return if text.contains("...") { None } else { bytes(text).map(Argument::Bytes) };
    }
    Some(number(text).map_or_else(|| Argument::Word(text.to_owned()), Argument::Number))
}

/// All quoted pieces in a row, each a row of `\x61`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut all = Vec::with_capacity(text.len() / 4);
    for quoted in text.split('"').skip(1).step_by(2) {
        for byte in quoted.as_bytes().chunks(4) {
            let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let &[b'\\', b'x', high, low] = byte else { return None };
            all.push(digit(high)? << 4 | digit(low)?);
        }
    }
    Some(all)
}

fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"7  1795839426.100000001 openat(AT_FDCWD, "\x2f\x61", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 5
8  1795839426.200000000 fsync(6 <unfinished ...>
7  1795839426.300000000 pwritev(5, [{iov_base="\x68\x6f", iov_len=2}, {iov_base="\x6d", iov_len=1}], 2, 4096) = 3
8  1795839426.400000000 <... fsync resumed>)         = -1 EIO (Input/output error) (INJECTED)
7  1795839426.500000000 fcntl(5, F_SETLK, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=120, l_len=1}) = 0
7  1795839426.600000000 write(1, "\x6f\x6b", 2 <unfinished ...>
7  1795839426.700000000 +++ exited with 0 +++
"#;

    #[test]
    fn calls_come_in_the_order_in_which_they_ended() {
        let calls = parse(LOG).unwrap();
        let names: Vec<_> =
            calls.iter().map(|call| (call.name.as_str(), call.thread, call.after, call.answer)).collect();
        assert_eq!(names, [("openat", 7, 0, 5), ("pwritev", 7, 1, 3), ("fsync", 8, 1, -1), ("fcntl", 7, 3, 0)]);
        assert_eq!(calls[0].at, 1_795_839_426_100_000_001);
        assert_eq!(calls[0].arguments[1], Argument::Bytes(b"/a".to_vec()));
        assert_eq!(calls[0].arguments[2], Argument::Word("O_RDWR|O_CREAT|O_CLOEXEC".to_owned()));
        assert_eq!(calls[1].arguments[1], Argument::Bytes(b"hom".to_vec()));
        assert_eq!(calls[1].arguments[3], Argument::Number(4096));
    }

    #[test]
    fn what_was_cut_off_or_is_not_understood_is_an_error() {
        for line in
            ["7 1.0 write(1, \"\\x6f\"..., 20) = 20", "7 1.0 write(1, \"ok\", 2) = 2", "nonsense", "7 1.0 write(1"]
        {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
