package io.virtualwire.cli.command;

import picocli.CommandLine.Command;

/** {@code wire connector …}. */
@Command(
        name = "connector",
        description = "The daemon of a host.",
        subcommands = {ConnectorRunCommand.class, ConnectorReloadCommand.class, ConnectorDrainCommand.class})
public final class ConnectorCommand {}
