use std::io::Write;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let net = homon_photo::network::Network::read(&std::fs::read(&a[1]).unwrap()).unwrap();
    let mut s = net.scratch();
    let input = std::fs::read(&a[2]).unwrap();
    let fill = |s: &mut homon_photo::network::Scratch| {
        for (to, from) in net.input(s).iter_mut().zip(input.as_chunks::<4>().0) {
            *to = f32::from_le_bytes(*from);
        }
    };
    fill(&mut s);
    net.run(&mut s);
    let mut out = std::fs::File::create(&a[3]).unwrap();
    for i in 0..net.output_lens().len() {
        for v in net.output(&s, i) {
            out.write_all(&v.to_le_bytes()).unwrap();
        }
    }
    let mut best = f64::MAX;
    let mut all = vec![];
    for _ in 0..200 {
        fill(&mut s);
        let t = std::time::Instant::now();
        net.run(&mut s);
        let d = t.elapsed().as_secs_f64() * 1e3;
        best = best.min(d);
        all.push(d);
    }
    all.sort_by(f64::total_cmp);
    eprintln!("min {best:.3} ms median {:.3}", all[100]);
}
