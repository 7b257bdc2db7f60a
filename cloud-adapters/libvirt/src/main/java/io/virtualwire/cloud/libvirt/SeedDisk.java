package io.virtualwire.cloud.libvirt;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A disk with a few files in its root folder, as FAT12, which every system reads: what cloud-init looks for by its label.
 *
 * <pre>
 *   sector 0        1        7        13       20                         2048
 *          ┌────────┬────────┬────────┬────────┬───────────────────────────┐
 *          │ boot   │ FAT    │ FAT    │ root   │ clusters 2, 3 … of 512    │
 *          │ sector │        │ again  │ folder │ bytes each                │
 *          └────────┴────────┴────────┴────────┴───────────────────────────┘
 * </pre>
 *
 * <p>A name that has not 8 and 3 characters stands in entries of its own before the file's, backwards, 13 characters in each.
 */
final class SeedDisk {
    /** Of the whole disk, bytes. */
    static final int BYTES = 1 << 20;

    private static final int SECTOR = 512;
    private static final int FAT = SECTOR;
    private static final int FAT_SECTORS = 6;
    private static final int FOLDER = FAT + 2 * FAT_SECTORS * SECTOR;
    private static final int FOLDER_ENTRIES = 112;
    private static final int ENTRY = 32;
    private static final int CLUSTERS = FOLDER + FOLDER_ENTRIES * ENTRY;
    private static final int FIRST_CLUSTER = 2;
    private static final int LAST_OF_FILE = 0xfff;
    private static final int FIXED_DISK = 0xf8;
    private static final int LONG_NAME = 0x0f;
    private static final int LONG_PART = 13;
    private static final int LAST_PART = 0x40;
    private static final int LABEL = 0x08;
    private static final int ARCHIVE = 0x20;
    /* The first of January 1980, before which there is nothing. */
    private static final short DATE = 0x21;
    /* Where the characters of a part of a name stand in its entry. */
    private static final int[] PLACES = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

    private final ByteBuffer disk = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int entry = FOLDER;
    private int cluster = FIRST_CLUSTER;
    private int files;

    private SeedDisk(String label) {
        bootSector(label);
        fat(0, 0xf00 | FIXED_DISK);
        fat(1, LAST_OF_FILE);
        shortEntry(padded(label, 11), LABEL, 0, 0);
    }

    /**
     * A disk with these files.
     *
     * @param label at most 11 characters
     * @param files by their names, in their order
     */
    static byte[] of(String label, Map<String, String> files) {
        SeedDisk made = new SeedDisk(label);
        new LinkedHashMap<>(files).forEach((name, text) -> made.file(name, text.getBytes(StandardCharsets.UTF_8)));
        return made.disk.array();
    }

    private void bootSector(String label) {
        put(0, new byte[] {(byte) 0xeb, 0x3c, (byte) 0x90});
        put(3, padded("VWIRE", 8));
        disk.putShort(11, (short) SECTOR);
        disk.put(13, (byte) 1);
        disk.putShort(14, (short) 1);
        disk.put(16, (byte) 2);
        disk.putShort(17, (short) FOLDER_ENTRIES);
        disk.putShort(19, (short) (BYTES / SECTOR));
        disk.put(21, (byte) FIXED_DISK);
        disk.putShort(22, (short) FAT_SECTORS);
        disk.putShort(24, (short) 63);
        disk.putShort(26, (short) 16);
        disk.put(36, (byte) 0x80);
        disk.put(38, (byte) 0x29);
        disk.putInt(39, 0x56_57_49_52);
        put(43, padded(label, 11));
        put(54, padded("FAT12", 8));
        disk.putShort(510, (short) 0xaa55);
    }

    private void file(String name, byte[] content) {
        int clusters = (content.length + SECTOR - 1) / SECTOR;
        int parts = (name.length() + LONG_PART - 1) / LONG_PART;
        boolean room = CLUSTERS + (cluster - FIRST_CLUSTER + clusters) * SECTOR <= BYTES
                && entry + (parts + 1) * ENTRY <= CLUSTERS;
        if (!room) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    name + " has " + content.length + " bytes, more than what is left of a disk of " + BYTES,
                    "let the host fetch what it needs");
        }
        byte[] alias = padded("SEED%04d".formatted(++files), 11);
        for (int part = parts; part > 0; part--) {
            longEntry(name, part, part == parts, checksum(alias));
        }
        shortEntry(alias, ARCHIVE, clusters == 0 ? 0 : cluster, content.length);
        put(CLUSTERS + (cluster - FIRST_CLUSTER) * SECTOR, content);
        for (int i = 1; i <= clusters; i++, cluster++) {
            fat(cluster, i == clusters ? LAST_OF_FILE : cluster + 1);
        }
    }

    private void shortEntry(byte[] name, int attributes, int first, int length) {
        put(entry, name);
        disk.put(entry + 11, (byte) attributes);
        disk.putShort(entry + 16, DATE);
        disk.putShort(entry + 18, DATE);
        disk.putShort(entry + 24, DATE);
        disk.putShort(entry + 26, (short) first);
        disk.putInt(entry + 28, length);
        entry += ENTRY;
    }

    private void longEntry(String name, int part, boolean last, int checksum) {
        disk.put(entry, (byte) (last ? part | LAST_PART : part));
        disk.put(entry + 11, (byte) LONG_NAME);
        disk.put(entry + 13, (byte) checksum);
        for (int i = 0; i < LONG_PART; i++) {
            int at = (part - 1) * LONG_PART + i;
            int character = at < name.length() ? name.charAt(at) : at == name.length() ? 0 : 0xffff;
            disk.putShort(entry + PLACES[i], (short) character);
        }
        entry += ENTRY;
    }

    /* By which a long name knows its file. */
    private static int checksum(byte[] alias) {
        int sum = 0;
        for (byte each : alias) {
            sum = ((sum & 1) << 7 | sum >> 1) + (each & 0xff) & 0xff;
        }
        return sum;
    }

    /* Two entries share three bytes. */
    private void fat(int of, int next) {
        for (int copy = 0; copy < 2; copy++) {
            int at = FAT + copy * FAT_SECTORS * SECTOR + of * 3 / 2;
            int there = disk.getShort(at) & 0xffff;
            disk.putShort(at, (short) (of % 2 == 0 ? there & 0xf000 | next : there & 0x000f | next << 4));
        }
    }

    private void put(int at, byte[] bytes) {
        disk.put(at, bytes);
    }

    private static byte[] padded(String text, int length) {
        return String.format(Locale.ROOT, "%-" + length + "s", text).getBytes(StandardCharsets.US_ASCII);
    }
}
