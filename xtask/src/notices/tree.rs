//! Which crates the shipped crates are built with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, NodeDep, Package, PackageId};

/// The folders of crates that reach a tablet or a city.
const SHIPPED: [&str; 3] = ["core", "city", "bindings/ffi"];

/// All crates of others that the shipped crates need to build or to run, on any platform.
pub(super) fn shipped_with<'a>(metadata: &'a Metadata, root: &Path) -> Result<Vec<&'a Package>, String> {
    let resolve = metadata.resolve.as_ref().ok_or("cargo metadata gave no resolved tree")?;
    let arrows: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, &node.deps)).collect();
    let members: BTreeSet<_> = metadata.workspace_members.iter().collect();
    let ours = metadata.packages.iter().filter(|package| members.contains(&package.id));
    let start = ours.filter(|package| is_shipped(package, root)).map(|package| &package.id);
    let reached = reach(start.collect(), |id| arrows.get(id).into_iter().flat_map(|deps| needed(deps)).collect());
    let others = |package: &&Package| reached.contains(&package.id) && !members.contains(&package.id);
    Ok(metadata.packages.iter().filter(others).collect())
}

fn is_shipped(package: &Package, root: &Path) -> bool {
    SHIPPED.iter().any(|folder| package.manifest_path.as_std_path().starts_with(root.join(folder)))
}

fn needed(dependencies: &[NodeDep]) -> impl Iterator<Item = &PackageId> {
    let for_tests = |arrow: &NodeDep| arrow.dep_kinds.iter().all(|kind| kind.kind == DependencyKind::Development);
    dependencies.iter().filter(move |arrow| !for_tests(arrow)).map(|arrow| &arrow.pkg)
}

/// Everything that can be reached from `start`, itself included.
fn reach<T: Ord + Copy>(start: Vec<T>, next: impl Fn(T) -> Vec<T>) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    let mut open = start;
    while let Some(one) = open.pop() {
        if seen.insert(one) {
            open.extend(next(one));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reached_is_reached_once_even_in_a_circle() {
        let next = |n: u8| match n {
            1 => vec![2, 3],
            2 => vec![1],
            9 => vec![1],
            _ => vec![],
        };
        assert_eq!(Vec::from_iter(reach(vec![1], next)), [1, 2, 3]);
    }
}
