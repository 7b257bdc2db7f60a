package io.virtualwire.cli.command;

import picocli.CommandLine.Command;

/** {@code wire authority …}. */
@Command(
        name = "authority",
        description = "The service that lets hosts enrol, renews their credentials, and tells whom you revoked.",
        subcommands = {AuthorityRunCommand.class})
public final class AuthorityCommand {}
