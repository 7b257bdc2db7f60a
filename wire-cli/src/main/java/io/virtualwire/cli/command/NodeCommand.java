package io.virtualwire.cli.command;

import picocli.CommandLine.Command;

/** {@code wire node …}. */
@Command(
        name = "node",
        description = "A node of your fabric: runs switches, and votes on what is wanted.",
        subcommands = {
            NodeRunCommand.class,
            NodeListCommand.class,
            NodeDrainCommand.class,
            NodeRemoveCommand.class,
            NodeReloadCommand.class
        })
public final class NodeCommand {}
