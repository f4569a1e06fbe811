//! The dependency arrows of the house: which crate may name which, and who alone may name a crate of others.
//!
//! Read from the manifests. Arrows for development only are free: tests may look at anything.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, Package};

use crate::workspace::Workspace;

/// The folders of the house and the folders that each may depend on. What is in `tests/` may depend on anything.
const HOUSE: &[(&str, &[&str])] = &[
    ("core/domain", &[]),
    ("core/store", &["core/domain"]),
    ("core/photo", &[]),
    ("core/card", &["core/domain"]),
    ("core/seal", &["core/domain"]),
    ("core/upload", &["core/domain", "core/seal"]),
    ("core/report", &["core/domain"]),
    ("core/roster", &["core/domain"]),
    (
        "core/app",
        &[
            "core/card",
            "core/domain",
            "core/photo",
            "core/report",
            "core/roster",
            "core/seal",
            "core/store",
            "core/upload",
        ],
    ),
    ("city", &["core/domain", "core/report", "core/roster", "core/seal"]),
    ("bindings/bindgen", &[]),
    ("bindings/ffi", &["core/app"]),
    ("xtask", &[]),
];

/// Crates of others that few folders may name, so that a change of mind stays in one place.
const KEPT: &[(&str, &[&str])] = &[
    ("age", &["core/seal"]),
    ("age-core", &["core/seal"]),
    ("calamine", &["core/roster"]),
    ("hpke", &["core/seal"]),
    // The city names it for object_store, and calls nothing of it (docs/decisions/0017).
    ("reqwest", &["core/upload", "city"]),
    ("rusqlite", &["core/store"]),
    ("rusqlite_migration", &["core/store"]),
    ("uniffi", &["bindings/ffi"]),
    ("uniffi_bindgen", &["bindings/bindgen"]),
];

/// Crates of others that nobody may name, in tests neither: ring and rustls are the only providers.
const BANNED: &[&str] = &["aws-lc-fips-sys", "aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys"];

/// The one folder whose generated code needs `unsafe`. It has lints of its own; all others inherit the workspace's.
const MAY_BE_UNSAFE: &str = "bindings/ffi";

/// A crate of ours as the rules see it.
struct Crate {
    name: String,
    folder: String,
    dependencies: Vec<Dependency>,
    inherits_lints: bool,
}

struct Dependency {
    name: String,
    for_tests: bool,
}

/// Holds the workspace against the rules.
pub(crate) fn check(workspace: &Workspace) -> Result<String, String> {
    let crates = read(workspace)?;
    let mut wrong = violations(&crates);
    let manifest = read_text(&workspace.root.join("Cargo.toml"))?;
    if !has_setting(&manifest, "workspace.lints.rust", "unsafe_code", "\"forbid\"") {
        wrong.push("Cargo.toml: [workspace.lints.rust] does not forbid unsafe_code".to_owned());
    }
    let arrows: usize = crates.iter().map(|one| one.dependencies.len()).sum();
    if wrong.is_empty() {
        Ok(format!("{} crates, {arrows} arrows, all as the house has them", crates.len()))
    } else {
        Err(format!("arrows that the house does not have:\n  {}", wrong.join("\n  ")))
    }
}

fn read(workspace: &Workspace) -> Result<Vec<Crate>, String> {
    workspace.members()?.packages.iter().map(|package| read_crate(workspace, package)).collect()
}

fn read_crate(workspace: &Workspace, package: &Package) -> Result<Crate, String> {
    let manifest = package.manifest_path.as_std_path();
    let folder = manifest.parent().and_then(|folder| folder.strip_prefix(&workspace.root).ok());
    let folder = folder.ok_or_else(|| format!("{} is outside the repository", package.name))?;
    let dependencies = package.dependencies.iter().map(|dependency| Dependency {
        name: dependency.name.clone(),
        for_tests: dependency.kind == DependencyKind::Development,
    });
    Ok(Crate {
        name: package.name.to_string(),
        folder: folder.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"),
        dependencies: dependencies.collect(),
        inherits_lints: has_setting(&read_text(manifest)?, "lints", "workspace", "true"),
    })
}

fn read_text(path: &std::path::Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether `key = value` stands in the table `[table]`. cargo metadata does not tell the lints of a crate.
fn has_setting(manifest: &str, table: &str, key: &str, value: &str) -> bool {
    let header = format!("[{table}]");
    let mut lines = manifest.lines().map(str::trim).skip_while(|line| *line != header).skip(1);
    let setting = |line: &str| line.split_once('=').is_some_and(|(k, v)| k.trim() == key && v.trim() == value);
    lines.by_ref().take_while(|line| !line.starts_with('[')).any(setting)
}

fn violations(crates: &[Crate]) -> Vec<String> {
    let folders: BTreeMap<&str, &str> = crates.iter().map(|one| (one.name.as_str(), one.folder.as_str())).collect();
    crates.iter().flat_map(|one| violations_of(one, &folders)).collect()
}

fn violations_of(one: &Crate, folders: &BTreeMap<&str, &str>) -> Vec<String> {
    let mut wrong = Vec::new();
    if !one.inherits_lints && one.folder != MAY_BE_UNSAFE {
        wrong.push(format!("{} does not inherit the workspace's lints", one.folder));
    }
    for dependency in &one.dependencies {
        if BANNED.contains(&dependency.name.as_str()) {
            wrong.push(format!("{} -> {}: nobody may name it", one.folder, dependency.name));
        }
    }
    if one.folder.starts_with("tests/") {
        return wrong;
    }
    let Some((_, allowed)) = HOUSE.iter().find(|(folder, _)| *folder == one.folder) else {
        wrong.push(format!("{} has no place in the house: give it one in xtask/src/arrows.rs", one.folder));
        return wrong;
    };
    for dependency in one.dependencies.iter().filter(|dependency| !dependency.for_tests) {
        let name = dependency.name.as_str();
        if let Some(target) = folders.get(name).filter(|target| !allowed.contains(target)) {
            wrong.push(format!("{} -> {target}", one.folder));
        }
        let kept = KEPT.iter().find(|(kept, keepers)| *kept == name && !keepers.contains(&one.folder.as_str()));
        if let Some((_, keepers)) = kept {
            wrong.push(format!("{} -> {name}: only {} may name it", one.folder, keepers.join(" and ")));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(arrows: &[(&str, &str)]) -> Vec<Crate> {
        let folders = HOUSE.iter().map(|(folder, _)| *folder).chain(["tests/support"]);
        folders
            .map(|folder| Crate {
                name: folder.replace('/', "-"),
                folder: folder.to_owned(),
                dependencies: arrows.iter().filter(|(from, _)| *from == folder).map(|(_, to)| normal(to)).collect(),
                inherits_lints: true,
            })
            .collect()
    }

    fn normal(name: &str) -> Dependency {
        Dependency { name: name.replace('/', "-"), for_tests: false }
    }

    #[test]
    fn the_workspace_is_as_the_house_has_it() {
        let workspace = Workspace::find().unwrap();
        check(&workspace).unwrap();
    }

    #[test]
    fn every_arrow_of_the_house_may_stand() {
        let arrows: Vec<_> = HOUSE.iter().flat_map(|(from, to)| to.iter().map(move |to| (*from, *to))).collect();
        assert_eq!(violations(&graph(&arrows)), Vec::<String>::new());
    }

    #[test]
    fn every_other_arrow_is_refused() {
        for (from, allowed) in HOUSE {
            let others = HOUSE.iter().map(|(folder, _)| *folder).chain(["tests/support"]);
            for to in others.filter(|to| to != from && !allowed.contains(to)) {
                assert_eq!(violations(&graph(&[(from, to)])), [format!("{from} -> {to}")]);
            }
        }
    }

    #[test]
    fn tests_may_look_at_anything() {
        assert!(violations(&graph(&[("tests/support", "core/app"), ("tests/support", "rusqlite")])).is_empty());
        let mut crates = graph(&[]);
        let domain = crates.iter_mut().find(|one| one.folder == "core/domain").unwrap();
        domain.dependencies.push(Dependency { name: "core-store".to_owned(), for_tests: true });
        assert!(violations(&crates).is_empty());
    }

    #[test]
    fn a_crate_of_others_has_its_keepers() {
        for (name, keepers) in KEPT {
            for keeper in *keepers {
                assert!(violations(&graph(&[(keeper, name)])).is_empty());
            }
            for (folder, _) in HOUSE.iter().filter(|(folder, _)| !keepers.contains(folder)) {
                let wrong = [format!("{folder} -> {name}: only {} may name it", keepers.join(" and "))];
                assert_eq!(violations(&graph(&[(folder, name)])), wrong);
            }
        }
    }

    #[test]
    fn a_second_provider_is_refused_even_in_tests() {
        for name in BANNED {
            assert_eq!(violations(&graph(&[("core/upload", name)])).len(), 1, "{name}");
            assert_eq!(violations(&graph(&[("tests/support", name)])).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_crate_without_a_place_is_refused() {
        let stranger = Crate {
            name: "shed".to_owned(),
            folder: "core/shed".to_owned(),
            dependencies: Vec::new(),
            inherits_lints: true,
        };
        assert_eq!(violations(&[stranger]).len(), 1);
    }

    #[test]
    fn lints_are_inherited_except_where_generated_code_needs_unsafe() {
        let mut crates = graph(&[]);
        for one in &mut crates {
            one.inherits_lints = false;
        }
        let wrong = violations(&crates);
        assert_eq!(wrong.len(), crates.len() - 1);
        assert!(wrong.iter().all(|line| !line.starts_with(MAY_BE_UNSAFE)));
    }

    #[test]
    fn a_setting_is_found_in_its_own_table() {
        let manifest = "[package]\nworkspace = true\n\n[lints]\nworkspace = true\n[dependencies]\n";
        assert!(has_setting(manifest, "lints", "workspace", "true"));
        assert!(!has_setting(
            "[package]\nworkspace = true\n[lints]\n[x]\nworkspace = true",
            "lints",
            "workspace",
            "true"
        ));
        assert!(!has_setting("[lints]\nworkspace = false", "lints", "workspace", "true"));
    }
}
