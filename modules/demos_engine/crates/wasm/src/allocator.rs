// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Memory in powers of two: what is given back is kept for the next of its size.
//!
//! A model makes many small blocks and few large ones, and all of them go with it; a list per
//! size is all that needs, and a tenth of the general allocator's code.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::UnsafeCell;

const PAGE: usize = 1 << 16;
/// Smallest block: a pointer and alignment for vectors.
const SMALLEST: usize = 16;

struct State {
    /// Free blocks by the power of two of their size; each holds the address of the next.
    free: [usize; 32],
    /// Memory that was never used.
    next: usize,
    end: usize,
}

/// The allocator of a host with a single thread.
pub struct Allocator(UnsafeCell<State>);

// SAFETY: the module has one thread.
unsafe impl Sync for Allocator {}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(State { free: [0; 32], next: 0, end: 0 }));

fn class(layout: &Layout) -> usize {
    let size = layout.size().max(layout.align()).max(SMALLEST);
    (usize::BITS - (size - 1).leading_zeros()) as usize
}

// SAFETY: blocks are disjoint, as large and as aligned as asked, and null where there is no memory.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = &mut *self.0.get();
        let class = class(&layout);
        if class >= state.free.len() {
            return core::ptr::null_mut();
        }
        let head = state.free[class];
        if head != 0 {
            state.free[class] = *(head as *const usize);
            return head as *mut u8;
        }
        let size = 1 << class;
        // Blocks of up to a page are aligned to their size, larger ones to a page.
        let mask = size.min(PAGE) - 1;
        let mut at = (state.next + mask) & !mask;
        if state.end - at.min(state.end) < size {
            let pages = (size + PAGE - 1) / PAGE;
            let before = memory_grow(0, pages);
            if before == usize::MAX {
                return core::ptr::null_mut();
            }
            at = before * PAGE;
            state.end = memory_size(0) * PAGE;
        }
        state.next = at + size;
        at as *mut u8
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let state = &mut *self.0.get();
        let class = class(&layout);
        *(pointer as *mut usize) = state.free[class];
        state.free[class] = pointer as usize;
    }
}
