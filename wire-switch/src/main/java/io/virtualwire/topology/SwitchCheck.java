package io.virtualwire.topology;

import io.virtualwire.frame.MacAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what contradicts itself in how one switch is set up. */
final class SwitchCheck {
    /** Few enough that stations can always be learned beside them. */
    private static final int MOST_STATICS = 1024;

    private static final int LAST_VLAN = 4094;

    private final String name;
    private final SwitchSpec wanted;
    private final Set<String> plugged;
    private final List<String> faults;

    /**
     * @param plugged the ports that have a wire
     * @param faults what is found is added here
     */
    SwitchCheck(String name, SwitchSpec wanted, Set<String> plugged, List<String> faults) {
        this.name = name;
        this.wanted = wanted;
        this.plugged = plugged;
        this.faults = faults;
    }

    void run() {
        checkStatics();
    }

    private void checkStatics() {
        if (wanted.statics().size() > MOST_STATICS) {
            faults.add("switch " + name + " has " + wanted.statics().size() + " static entries, more than "
                    + MOST_STATICS);
        }
        Map<String, Integer> known = new HashMap<>();
        for (int i = 0; i < wanted.statics().size(); i++) {
            int number = i + 1;
            StaticSpec entry = wanted.statics().get(i);
            MacAddress mac = entry.mac();
            String what = "static entry " + number + " (" + mac + ") of switch " + name;
            if (mac == null || mac.isGroup() || mac.bits() == 0) {
                faults.add(what + " is not the address of one station");
            }
            if (entry.vlan() < 0 || entry.vlan() > LAST_VLAN) {
                faults.add(what + " has VLAN " + entry.vlan() + ", which is not between 1 and " + LAST_VLAN);
            }
            if (!plugged.contains(entry.port())) {
                faults.add(what + " is on port '" + entry.port() + "', which has no wire");
            }
            Integer same = known.putIfAbsent(entry.vlan() + "/" + mac, number);
            if (same != null) {
                faults.add(what + " says again what entry " + same + " says");
            }
        }
    }
}
