// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Names and nodes by number: small hash tables that are compiled once.

use crate::prelude::*;

/// Distinct texts, numbered in the order of their first occurrence and stored once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Vec<Arc<str>>,
    /// Open addressing: number of the text plus one, 0 where there is none.
    slots: Vec<u32>,
}

impl Names {
    /// Number of a known text.
    pub fn find(&self, text: &str) -> Option<usize> {
        match self.slots.get(self.slot(text)) {
            Some(&number) if number > 0 => Some(number as usize - 1),
            _ => None,
        }
    }

    /// Number of a text, and whether it is new.
    pub fn number(&mut self, text: &Arc<str>) -> (usize, bool) {
        self.insert(text, || text.clone())
    }

    /// The stored copy of a text.
    pub fn intern(&mut self, text: &str) -> Arc<str> {
        let (at, _) = self.insert(text, || Arc::from(text));
        self.texts[at].clone()
    }

    fn insert(&mut self, text: &str, copy: impl FnOnce() -> Arc<str>) -> (usize, bool) {
        if let Some(at) = self.find(text) {
            return (at, false);
        }
        if (self.texts.len() + 1) * 2 > self.slots.len() {
            self.slots = vec![0; (self.slots.len() * 2).max(64)];
            for at in 0..self.texts.len() {
                let slot = self.slot(&self.texts[at]);
                self.slots[slot] = at as u32 + 1;
            }
        }
        self.texts.push(copy());
        let slot = self.slot(text);
        self.slots[slot] = self.texts.len() as u32;
        (self.texts.len() - 1, true)
    }

    /// Where a text is, or would be put.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash(text.as_bytes()) as usize & mask;
        while let Some(&number) = self.slots.get(at) {
            if number == 0 || *self.texts[number as usize - 1] == *text {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }
}

/// FNV-1a over eight bytes at a time, with a final mix.
fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = mix(state, u64::from_le_bytes(word));
    }
    for &byte in chunks.remainder() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    state ^ (state >> 32)
}

fn mix(state: u64, word: u64) -> u64 {
    let state = (state ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state ^ (state >> 29)
}

/// A number for each address (`Value::address`); 0 is no address.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    slots: Vec<(usize, usize)>,
    used: usize,
}

impl Addresses {
    /// The number of an address.
    pub fn get(&self, address: usize) -> Option<usize> {
        match self.slots.get(self.slot(address)) {
            Some(&(known, number)) if known == address && address != 0 => Some(number),
            _ => None,
        }
    }

    /// Set the number of an address; 0 is ignored.
    pub fn set(&mut self, address: usize, number: usize) {
        if address == 0 {
            return;
        }
        if (self.used + 1) * 2 > self.slots.len() {
            let size = (self.slots.len() * 2).max(64);
            for (known, number) in core::mem::replace(&mut self.slots, vec![(0, 0); size]) {
                if known != 0 {
                    let slot = self.slot(known);
                    self.slots[slot] = (known, number);
                }
            }
        }
        let slot = self.slot(address);
        self.used += usize::from(self.slots[slot].0 == 0);
        self.slots[slot] = (address, number);
    }

    fn slot(&self, address: usize) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = (mix(0, address as u64) >> 16) as usize & mask;
        while let Some(&(known, _)) = self.slots.get(at) {
            if known == 0 || known == address {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }
}

/// The order in which `before` puts `size` items; equal items stay in their order.
///
/// A merge sort on numbers: one for all types keeps the WebAssembly module small.
pub fn order(size: usize, before: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..size).collect();
    let mut merged = vec![0; size];
    let mut width = 1;
    while width < size {
        for first in (0..size).step_by(2 * width) {
            let middle = size.min(first + width);
            let last = size.min(first + 2 * width);
            let (mut left, mut right) = (first, middle);
            for slot in &mut merged[first..last] {
                let take_right = left == middle || (right < last && before(sorted[right], sorted[left]));
                let from = if take_right { &mut right } else { &mut left };
                *slot = sorted[*from];
                *from += 1;
            }
        }
        core::mem::swap(&mut sorted, &mut merged);
        width *= 2;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_by_their_first_occurrence() {
        let mut names = Names::default();
        assert_eq!(names.find("a"), None);
        let texts: Vec<Arc<str>> = (0..500).map(|i| Arc::from(format!("parameter_{i}"))).collect();
        for (i, text) in texts.iter().enumerate() {
            assert_eq!(names.number(text), (i, true));
        }
        for (i, text) in texts.iter().enumerate() {
            assert_eq!((names.number(text), names.find(text)), ((i, false), Some(i)));
        }
        assert!(Arc::ptr_eq(&names.intern("parameter_7"), &texts[7]));
    }

    #[test]
    fn addresses_keep_their_numbers() {
        let mut found = Addresses::default();
        assert_eq!(found.get(16), None);
        for i in 0..500 {
            found.set(i * 16, i);
        }
        found.set(32, 9);
        assert_eq!((found.get(0), found.get(16), found.get(32)), (None, Some(1), Some(9)));
        assert_eq!((found.get(499 * 16), found.get(500 * 16)), (Some(499), None));
    }

    #[test]
    fn order_is_that_of_a_stable_sort() {
        for size in [0, 1, 2, 3, 7, 64, 100] {
            let keys: Vec<usize> = (0..size).map(|i| i * 37 % 11).collect();
            let mut wanted: Vec<usize> = (0..size).collect();
            wanted.sort_by_key(|&i| keys[i]);
            assert_eq!(order(size, &|a, b| keys[a] < keys[b]), wanted);
        }
    }
}
