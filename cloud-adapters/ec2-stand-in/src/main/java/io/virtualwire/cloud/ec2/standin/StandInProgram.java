package io.virtualwire.cloud.ec2.standin;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The stand-in as a program: answers until it is told to end, and then removes everything that it made. */
@Command(
        name = "ec2-stand-in",
        mixinStandardHelpOptions = true,
        description =
                "EC2's API for one account in one region, with machines that are namespaces or guests here. Needs root.")
public final class StandInProgram implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--region", defaultValue = "eu-central-1", description = "Its region; default: ${DEFAULT-VALUE}.")
    private String region;

    @Option(names = "--port", defaultValue = "0", description = "Of loopback; default: any that is free.")
    private int port;

    @Option(
            names = "--prefix",
            required = true,
            description = "Begins the names of namespaces and devices; at most 8 long.")
    private String prefix;

    @Option(
            names = "--public",
            defaultValue = "198.51.100.",
            description = "The first three numbers of its public addresses; default: ${DEFAULT-VALUE}.")
    private String publicPrefix;

    @Option(names = "--folder", required = true, description = "For the files of its machines.")
    private Path folder;

    @Option(
            names = "--guests",
            paramLabel = "FOLDER",
            description = "Machines are guests of QEMU instead, booted from the image there: disk, vmlinuz, initrd.")
    private @Nullable Path guests;

    @Option(
            names = "--accelerator",
            defaultValue = "tcg",
            description = "Of those, tcg or kvm; default: ${DEFAULT-VALUE}.")
    private String accelerator;

    @Option(names = "--endpoint-file", description = "Where its endpoint is written when it answers.")
    private @Nullable Path endpointFile;

    @Option(
            names = "--left-file",
            description =
                    "Where the ids of what the account still has are written, one a line, when it is told to end.")
    private @Nullable Path leftFile;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new StandInProgram()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        StandIn standIn = StandIn.open(
                new StandInOptions(
                        port, region, Map.of(StandInOptions.ACCESS_KEY, StandInOptions.SECRET), publicPrefix),
                machines());
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            List<String> left = standIn.inventory();
                            standIn.close();
                            if (leftFile != null) {
                                write(leftFile, left);
                            }
                            ended.countDown();
                        },
                        "ec2-end"));
        PrintWriter out = spec.commandLine().getOut();
        out.println("endpoint " + standIn.endpoint());
        out.println("access key " + StandInOptions.ACCESS_KEY + ", secret " + StandInOptions.SECRET);
        out.flush();
        if (endpointFile != null) {
            write(endpointFile, List.of(standIn.endpoint().toString()));
        }
        ended.await();
        return 0;
    }

    private InstanceBacking machines() {
        return guests == null
                ? new NamespaceMachines(prefix, publicPrefix, folder)
                : new GuestMachines(prefix, publicPrefix, folder, guests, accelerator);
    }

    /* Whoever waits for it finds all of it. */
    private static void write(Path file, List<String> lines) {
        try {
            Path draft = file.resolveSibling(file.getFileName() + ".new");
            Files.write(draft, lines);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
