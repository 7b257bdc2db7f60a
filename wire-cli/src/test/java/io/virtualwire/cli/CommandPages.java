package io.virtualwire.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The pages of {@code docs/cli}, one a command, made of what the commands say of themselves. */
final class CommandPages {
    private static final String MADE =
            "<!-- Made by 'make docs' from the command's own help: change that, not this. -->\n\n";

    /** Each page's text by the name of its file. */
    Map<String, String> all() {
        CommandLine wire = Main.commandLine();
        Map<String, String> pages = new TreeMap<>();
        StringBuilder index = new StringBuilder(MADE)
                .append("# The wire command\n\n")
                .append(usage(wire))
                .append("\n| page | |\n|---|---|\n");
        subcommands(wire).forEach((name, command) -> {
            pages.put(name + ".md", page(command));
            index.append("| [wire ")
                    .append(name)
                    .append("](")
                    .append(name)
                    .append(".md) | ")
                    .append(String.join(
                            " ", command.getCommandSpec().usageMessage().description()))
                    .append(" |\n");
        });
        pages.put("README.md", index.toString());
        return pages;
    }

    private static String page(CommandLine command) {
        StringBuilder page = new StringBuilder(MADE)
                .append("# ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n")
                .append(usage(command));
        subcommands(command)
                .values()
                .forEach(below -> page.append("\n## ")
                        .append(below.getCommandSpec().qualifiedName())
                        .append("\n\n")
                        .append(usage(below)));
        return page.toString();
    }

    private static Map<String, CommandLine> subcommands(CommandLine command) {
        Map<String, CommandLine> visible = new LinkedHashMap<>(command.getSubcommands());
        visible.values().removeIf(below -> below.getCommandSpec().usageMessage().hidden());
        return visible;
    }

    private static String usage(CommandLine command) {
        return "```\n" + command.getUsageMessage(Ansi.OFF).strip().replace(System.lineSeparator(), "\n") + "\n```\n";
    }
}
