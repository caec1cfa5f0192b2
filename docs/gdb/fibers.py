"""Looks into the sleeping activities of a virtual world from gdb (x86-64, a build with full -g).

    (gdb) source docs/gdb/fibers.py
    (gdb) fibers            lists every activity: number, actor, name, what it waits for
    (gdb) fiber 3           backtrace of activity 3, as if it were running

Works while a frame of Scheduler::run or Scheduler::run_body is on the selected thread's stack: in
the event loop, or in an activity. Registers are put back after each backtrace.
"""

import gdb

# Where Boost.Context 1.74 (jump_x86_64_sysv_elf_gas.S) keeps registers at the saved stack pointer.
RBX, RBP, RIP, SIZE = 0x28, 0x30, 0x38, 0x40


def scheduler():
    frame = gdb.newest_frame()
    while frame is not None:
        name = frame.name() or ""
        if name.endswith(("Scheduler::run", "Scheduler::run_body", "Scheduler::resume")):
            try:
                return frame.read_var("this").dereference()
            except ValueError:
                pass  # Optimised away in this frame.
        frame = frame.older()
    raise gdb.GdbError("no frame of Scheduler::run on this stack, or built without -g")


def activities():
    activity = scheduler()["oldest_"]
    while activity:
        yield activity.dereference()
        activity = activity["newer"]


def text(value):
    """A std::string without needing libstdc++'s printers."""
    return value["_M_dataplus"]["_M_p"].string(length=int(value["_M_string_length"]))


def describe(activity):
    name = text(activity["name"])
    if activity["serves"]:
        request = activity["serves"]["request"]
        name = text(request["method"]) + " " + text(request["target"])
    actor = text(activity["env"].dereference()["name_"])
    waits = str(activity["waits_for"]).rsplit("::k", 1)[-1]
    state = "waits for: " + waits if activity["begun"] else "has not begun"
    return "%s/%s%s %s" % (actor, name, " (daemon)" if activity["daemon"] else "", state)


class Fibers(gdb.Command):
    """Lists the activities of the virtual world."""

    def __init__(self):
        super().__init__("fibers", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        current = scheduler()["current_"]
        for number, activity in enumerate(activities()):
            mark = "*" if current and activity.address == current else " "
            print("%s %4d %s" % (mark, number, describe(activity)))
        print("(* runs now; what it waits for is what it waited for last)")


class Fiber(gdb.Command):
    """fiber N: the backtrace of activity N of `fibers`."""

    def __init__(self):
        super().__init__("fiber", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        if not argument.strip().isdigit():
            raise gdb.GdbError("which one? `fibers` lists them")
        everyone = list(activities())
        number = int(argument)
        if number >= len(everyone):
            raise gdb.GdbError("there are only %d" % len(everyone))
        activity = everyone[number]
        print(describe(activity))
        saved = int(activity["fiber"]["inside_"]["fctx_"])
        if saved == 0:
            print("runs now, or has not begun: see `bt`")
            return
        word = gdb.lookup_type("unsigned long").pointer()

        def at(offset):
            return int(gdb.Value(saved + offset).cast(word).dereference())

        # A selected frame other than the newest would make gdb set that frame's registers.
        gdb.newest_frame().select()
        before = {register: int(gdb.parse_and_eval("(unsigned long)$" + register))
                  for register in ("rsp", "rbp", "rbx", "rip")}
        there = {"rsp": saved + SIZE, "rbp": at(RBP), "rbx": at(RBX), "rip": at(RIP)}
        try:
            self.set_registers(there)
            gdb.execute("bt")
        finally:
            self.set_registers(before)

    @staticmethod
    def set_registers(values):
        for register, value in values.items():
            gdb.execute("set $%s = %d" % (register, value))


Fibers()
Fiber()
