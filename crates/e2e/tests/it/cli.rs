//! A person at a terminal, or a script.

use std::fs;

use anyhow::{Result, ensure};

use crate::support::{World, assert_exit};

#[tokio::test]
async fn a_script_raises_changes_and_takes_down_an_environment_and_branches_on_exit_codes() -> Result<()> {
    let Some(world) = World::start("the command line", 1).await? else { return Ok(()) };
    let _worker = world.worker(1).await?;
    let path = world.rig.directory().join("scripted.yaml");
    let file = path.display().to_string();
    let write = |sections: &str| fs::write(&path, world.file("scripted", sections));

    write("registries: { api: {}, web: {} }\nbuckts: {}\n")?;
    let refused = world.terrane(&["apply", "-f", &file, "--wait"]).await?;
    assert_exit(&refused, 2)?;
    ensure!(refused.output.contains("buckts"), "{}", refused.output);
    assert_exit(&world.terrane(&["get", "scripted"]).await?, 3)?;

    write("registries: { api: {}, web: {} }\n")?;
    let applied = world.terrane(&["apply", "-f", &file, "--wait"]).await?;
    assert_exit(&applied, 0)?;
    for step in ["prepare", "render", "init", "plan", "apply", "outputs"] {
        ensure!(applied.output.contains(step), "{step} is not told:\n{}", applied.output);
    }
    let shown = world.terrane(&["get", "scripted"]).await?;
    assert_exit(&shown, 0)?;
    ensure!(shown.output.contains("ready"), "{}", shown.output);
    let log = world.terrane(&["logs", "scripted"]).await?;
    assert_exit(&log, 0)?;
    ensure!(log.output.contains("aws_ecr_repository.main[\"api\"]: Creation complete"), "{}", log.output);
    let outputs = world.terrane(&["outputs", "scripted", "-o", "json"]).await?;
    assert_exit(&outputs, 0)?;
    ensure!(outputs.output.contains(world.account.id()), "{}", outputs.output);

    // A registry that is left out would be destroyed: nobody is there to ask.
    write("registries: { api: {} }\n")?;
    let waits = world.terrane(&["apply", "-f", &file, "--wait"]).await?;
    assert_exit(&waits, 7)?;
    ensure!(waits.output.contains("aws_ecr_repository.main[\"web\"]"), "{}", waits.output);
    assert_exit(&world.terrane(&["approve", "scripted", "--wait"]).await?, 0)?;
    ensure!(world.inventory().await?["ecr/repository"] == 1);

    assert_exit(&world.terrane(&["destroy", "scripted", "--wait"]).await?, 2)?;
    assert_exit(&world.terrane(&["destroy", "scripted", "--wait", "--yes"]).await?, 0)?;
    assert_exit(&world.terrane(&["get", "scripted"]).await?, 3)?;
    world.assert_nothing_exists().await
}
