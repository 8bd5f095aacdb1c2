// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! A strict JSON reader whose trees share structure.
//!
//! Children sit behind `Arc`, so that a patched document shares whatever the
//! patch leaves alone with its source, and a compiled sample can be found
//! again by the address of the node it came from.

use crate::error::{Error, Result};
use crate::names::{order, Names};
use crate::prelude::*;
use crate::text::{quoted, write_string};

/// Deepest nesting accepted.
pub const MAX_DEPTH: usize = 64;
/// Most bytes accepted in one document.
pub const MAX_BYTES: usize = 256 << 20;

/// A JSON value. Cloning is cheap: children are shared.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    String(Arc<str>),
    /// A non-empty array of numbers only: the bulk of a workspace.
    Numbers(Arc<Vec<f64>>),
    Array(Arc<Vec<Value>>),
    Object(Arc<Vec<(Arc<str>, Value)>>),
}

impl Value {
    /// Name of the JSON type, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Numbers(_) | Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// Member of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(members) => members.iter().find(|(k, _)| &**k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Address shared by all clones of one node (0 for scalars).
    pub fn address(&self) -> usize {
        match self {
            Value::Object(members) => Arc::as_ptr(members) as usize,
            Value::Array(items) => Arc::as_ptr(items) as usize,
            Value::Numbers(items) => Arc::as_ptr(items) as usize,
            _ => 0,
        }
    }

    /// An array, kept as `Numbers` where all items are numbers.
    pub fn array(items: Vec<Value>) -> Value {
        let all = !items.is_empty() && items.iter().all(|v| matches!(v, Value::Number(_)));
        if !all {
            return Value::Array(Arc::new(items));
        }
        let numbers = items.iter().map(|v| match v {
            Value::Number(x) => *x,
            _ => f64::NAN,
        });
        Value::Numbers(Arc::new(numbers.collect()))
    }
}

/// Equality as JSON Patch's `test` needs it: order of members is irrelevant.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Numbers(a), Value::Numbers(b)) => a == b,
            (Value::Array(a), Value::Array(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(k, v)| other.get(k) == Some(v))
            }
            _ => false,
        }
    }
}

/// Read one JSON document (RFC 8259; a UTF-8 byte order mark is skipped).
///
/// # Errors
/// `parse_error`, `duplicate_key`, `nonfinite_number` (NaN, Infinity and
/// numbers beyond a double) or `resource_limit`, with line and column.
pub fn parse(bytes: &[u8]) -> Result<Value> {
    if bytes.len() > MAX_BYTES {
        let message = text![bytes.len(), " bytes are more than the ", MAX_BYTES, " accepted"];
        return Err(Error::new("resource_limit", "", message));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Err(error) = core::str::from_utf8(bytes) {
        let message = text!["byte ", error.valid_up_to(), " is not UTF-8"];
        return Err(Error::new("parse_error", "", message));
    }
    let mut reader = Reader { bytes, at: 0, names: Names::default(), scratch: Vec::new() };
    reader.space();
    let value = reader.value(0)?;
    reader.space();
    if reader.at < bytes.len() {
        return Err(reader.fail("parse_error", "text after the end of the document"));
    }
    Ok(value)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    names: Names,
    scratch: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn fail(&self, code: &'static str, what: &str) -> Box<Error> {
        let seen = &self.bytes[..self.at.min(self.bytes.len())];
        let line = seen.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = seen.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
        Error::new(code, "", text![what, " (line ", line, ", column ", column, ")"])
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        if depth > MAX_DEPTH {
            return Err(self.fail("resource_limit", "nested too deeply"));
        }
        match self.peek() {
            b'{' => self.object(depth),
            b'[' => self.items(depth),
            b'"' => Ok(Value::String(self.string()?)),
            b'-' | b'0'..=b'9' => Ok(Value::Number(self.number()?)),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'N' | b'I' => Err(self.fail("nonfinite_number", "NaN and Infinity are not JSON")),
            _ if self.at >= self.bytes.len() => Err(self.fail("parse_error", "the document ends early")),
            _ => Err(self.fail("parse_error", "a value is expected")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.fail("parse_error", "a value is expected"))
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value> {
        let mut members: Vec<(Arc<str>, Value)> = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == b'}' {
            self.at += 1;
            return Ok(Value::Object(Arc::new(members)));
        }
        loop {
            if self.peek() != b'"' {
                return Err(self.fail("parse_error", "a member name is expected"));
            }
            let key = self.string()?;
            self.space();
            if self.peek() != b':' {
                return Err(self.fail("parse_error", "a colon is expected"));
            }
            self.at += 1;
            self.space();
            let value = self.value(depth + 1)?;
            members.push((key, value));
            self.space();
            match self.peek() {
                b',' => {
                    self.at += 1;
                    self.space();
                }
                b'}' => {
                    self.at += 1;
                    break;
                }
                _ => return Err(self.fail("parse_error", "a comma or } is expected")),
            }
        }
        if let Some(key) = repeated(&members) {
            let what = text!["the member ", quoted(key), " occurs twice in one object"];
            return Err(self.fail("duplicate_key", &what));
        }
        Ok(Value::Object(Arc::new(members)))
    }

    fn items(&mut self, depth: usize) -> Result<Value> {
        self.at += 1;
        self.space();
        if self.peek() == b']' {
            self.at += 1;
            return Ok(Value::Array(Arc::new(Vec::new())));
        }
        let mut numbers = Vec::new();
        let mut others: Vec<Value> = Vec::new();
        loop {
            if others.is_empty() && matches!(self.peek(), b'-' | b'0'..=b'9') {
                numbers.push(self.number()?);
            } else {
                others.extend(numbers.drain(..).map(Value::Number));
                let value = self.value(depth + 1)?;
                others.push(value);
            }
            self.space();
            match self.peek() {
                b',' => {
                    self.at += 1;
                    self.space();
                }
                b']' => {
                    self.at += 1;
                    break;
                }
                _ => return Err(self.fail("parse_error", "a comma or ] is expected")),
            }
        }
        Ok(if others.is_empty() {
            numbers.shrink_to_fit();
            Value::Numbers(Arc::new(numbers))
        } else {
            Value::Array(Arc::new(others))
        })
    }

    fn number(&mut self) -> Result<f64> {
        let start = self.at;
        let negative = self.peek() == b'-';
        self.at += usize::from(negative);
        let mut mantissa = 0_u64;
        let mut digits = 0_usize;
        let whole = self.at;
        while self.peek().is_ascii_digit() {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(self.peek() - b'0'));
            digits += 1;
            self.at += 1;
        }
        if digits == 0 || (digits > 1 && self.bytes[whole] == b'0') {
            return Err(self.fail("parse_error", "not a JSON number"));
        }
        let mut exponent = 0_i32;
        if self.peek() == b'.' {
            self.at += 1;
            let fraction = self.at;
            while self.peek().is_ascii_digit() {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(self.peek() - b'0'));
                self.at += 1;
            }
            if self.at == fraction {
                return Err(self.fail("parse_error", "digits are expected after the point"));
            }
            digits += self.at - fraction;
            exponent = -((self.at - fraction).min(1000) as i32);
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            let sign = if self.peek() == b'-' { -1 } else { 1 };
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            let first = self.at;
            let mut power = 0_i32;
            while self.peek().is_ascii_digit() {
                power = (power * 10 + i32::from(self.peek() - b'0')).min(100_000);
                self.at += 1;
            }
            if self.at == first {
                return Err(self.fail("parse_error", "digits are expected in the exponent"));
            }
            exponent += sign * power;
        }
        // Clinger's fast path: both the mantissa and the power of ten are exact doubles.
        if digits <= 18 && mantissa <= 1 << 53 && exponent.abs() <= 22 {
            let power = POWERS[exponent.unsigned_abs() as usize];
            let size = mantissa as f64;
            let size = if exponent < 0 { size / power } else { size * power };
            return Ok(if negative { -size } else { size });
        }
        let text = core::str::from_utf8(&self.bytes[start..self.at]).unwrap_or("");
        let number = crate::decimal::read(text);
        if number.is_finite() {
            return Ok(number);
        }
        Err(self.fail("nonfinite_number", "a number is beyond the range of a double"))
    }

    fn string(&mut self) -> Result<Arc<str>> {
        self.at += 1;
        let start = self.at;
        while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
            self.at += 1;
        }
        if self.peek() == b'"' {
            let raw = &self.bytes[start..self.at];
            self.at += 1;
            return Ok(self.names.intern(core::str::from_utf8(raw).unwrap_or("")));
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(&self.bytes[start..self.at]);
        loop {
            match self.peek() {
                b'"' => break,
                b'\\' => self.escape()?,
                0..=0x1f if self.at >= self.bytes.len() => {
                    return Err(self.fail("parse_error", "a string does not end"))
                }
                0..=0x1f => return Err(self.fail("parse_error", "a control character in a string")),
                byte => {
                    self.scratch.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Ok(self.names.intern(core::str::from_utf8(&self.scratch).unwrap_or("")))
    }

    fn escape(&mut self) -> Result<()> {
        self.at += 1;
        let simple = match self.peek() {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                self.at += 1;
                let character = self.unicode()?;
                let mut buffer = [0; 4];
                self.scratch.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                return Ok(());
            }
            _ => return Err(self.fail("parse_error", "an unknown escape in a string")),
        };
        self.scratch.push(simple);
        self.at += 1;
        Ok(())
    }

    fn unicode(&mut self) -> Result<char> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let second = self.hex()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(self.fail("parse_error", "an unpaired surrogate in a string"));
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.fail("parse_error", "an unpaired surrogate in a string"))
    }

    fn hex(&mut self) -> Result<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = (self.peek() as char).to_digit(16);
            code = code * 16
                + digit.ok_or_else(|| self.fail("parse_error", "four hexadecimal digits are expected"))?;
            self.at += 1;
        }
        Ok(code)
    }
}

fn repeated(members: &[(Arc<str>, Value)]) -> Option<&str> {
    if members.len() <= 8 {
        let twice = |i: usize| members[..i].iter().any(|(k, _)| *k == members[i].0);
        return (1..members.len()).find(|&i| twice(i)).map(|i| &*members[i].0);
    }
    let key = |i: usize| &*members[i].0;
    let sorted = order(members.len(), &|a, b| key(a) < key(b));
    sorted.windows(2).find(|pair| key(pair[0]) == key(pair[1])).map(|pair| key(pair[0]))
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Write a double so that reading it gives the same double; non-finite is `null`.
pub fn write_number(out: &mut String, number: f64) {
    if number.is_finite() {
        out.push_str(&crate::decimal::write(number));
    } else {
        out.push_str("null");
    }
}

/// Write a value as JSON; numbers that are not finite become `null`.
pub fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(out, *number),
        Value::String(text) => write_string(out, text),
        Value::Numbers(numbers) => list(out, numbers.iter(), &mut |out, x| write_number(out, *x), ('[', ']')),
        Value::Array(items) => list(out, items.iter(), &mut |out, item| write(out, item), ('[', ']')),
        Value::Object(members) => {
            let mut member = |out: &mut String, (key, value): &(Arc<str>, Value)| {
                write_string(out, key);
                out.push(':');
                write(out, value);
            };
            list(out, members.iter(), &mut member, ('{', '}'));
        }
    }
}

fn list<T>(
    out: &mut String,
    items: impl Iterator<Item = T>,
    each: &mut dyn FnMut(&mut String, T),
    (open, close): (char, char),
) {
    out.push(open);
    for (n, item) in items.enumerate() {
        if n > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(close);
}
