use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro128StarStar;
fn main() {
    let states: [[u32; 4]; 4] = [[1, 2, 3, 4], [0, 0, 0, 1], [0xffff_ffff; 4], [0xdead_beef, 0x0123_4567, 0x89ab_cdef, 0x8000_0000]];
    let rows: Vec<String> = states.iter().map(|words| {
        let mut seed = [0u8; 16];
        for (i, w) in words.iter().enumerate() { seed[i * 4..i * 4 + 4].copy_from_slice(&w.to_le_bytes()); }
        let mut rng = Xoshiro128StarStar::from_seed(seed);
        let first: Vec<u32> = (0..16).map(|_| rng.next_u32()).collect();
        for _ in 0..999_983 { rng.next_u32(); }
        format!("  {{\n    \"state\": {:?},\n    \"first\": {:?},\n    \"millionth\": {}\n  }}", words, first, rng.next_u32())
    }).collect();
    println!("[\n{}\n]", rows.join(",\n"));
}
