package io.virtualwire.topology;

import io.virtualwire.forwarding.VlanRange;
import io.virtualwire.frame.MacAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what contradicts itself in how one switch is set up. */
final class SwitchCheck {
    /** Few enough that stations can always be learned beside them. */
    private static final int MOST_STATICS = 1024;

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
        wanted.ports().forEach(this::checkPort);
        checkStatics();
    }

    private void checkPort(String port, PortSpec spec) {
        String what = "port " + port + " of switch " + name;
        if (!plugged.contains(port)) {
            faults.add(what + " is set up, but has no wire");
        }
        Integer access = spec.access();
        Integer untagged = spec.untagged();
        if (access != null) {
            checkVlan("access of " + what, access);
            if (!spec.trunk().isEmpty() || untagged != null) {
                faults.add(what + " is an access port, which has neither trunk nor native");
            }
        } else if (untagged != null) {
            checkVlan("native of " + what, untagged);
            if (spec.trunk().isEmpty()) {
                faults.add(what + " has a native VLAN, but is not a trunk: write access: " + untagged);
            }
        }
    }

    private void checkVlan(String what, int vlan) {
        if (vlan < VlanRange.LOWEST || vlan > VlanRange.HIGHEST) {
            faults.add(what + " is VLAN " + vlan + ", which is not between " + VlanRange.LOWEST + " and "
                    + VlanRange.HIGHEST);
        }
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
            if (!plugged.contains(entry.port())) {
                faults.add(what + " is on port '" + entry.port() + "', which has no wire");
            } else {
                checkCarried(what, entry);
            }
            if (entry.vlan() != 0) {
                checkVlan(what, entry.vlan());
            }
            Integer same = known.putIfAbsent(entry.vlan() + "/" + mac, number);
            if (same != null) {
                faults.add(what + " says again what entry " + same + " says");
            }
        }
    }

    private void checkCarried(String what, StaticSpec entry) {
        PortSpec port = wanted.ports().get(entry.port());
        boolean valid = entry.vlan() >= 0 && entry.vlan() <= VlanRange.HIGHEST;
        if (port != null && valid && faults.isEmpty() && !port.settings().carries(entry.vlan())) {
            faults.add(what + " is in " + (entry.vlan() == 0 ? "no VLAN" : "VLAN " + entry.vlan()) + ", which port "
                    + entry.port() + " does not carry");
        }
    }
}
