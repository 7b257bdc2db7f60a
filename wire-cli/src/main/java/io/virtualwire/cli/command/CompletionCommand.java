package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code wire completion}. */
@Command(
        name = "completion",
        description = "Print what makes bash or zsh complete commands and options of 'wire'.",
        footerHeading = "%nExamples:%n",
        footer = {"  source <(wire completion)", "  wire completion > /etc/bash_completion.d/wire"})
public final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(AutoComplete.bash("wire", spec.root().commandLine()));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
