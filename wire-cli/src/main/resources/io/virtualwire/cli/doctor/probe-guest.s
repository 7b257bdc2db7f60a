# A boot sector that enters 64-bit mode with paging, looks for SSE2 as every x86-64 kernel does, and tells QEMU's
# isa-debug-exit device at port 0xf4: 0x2a if it is there. QEMU then ends with status 2 * 0x2a + 1.
# probe-guest.bin is this:  as --64 -o p.o probe-guest.s && ld -m elf_x86_64 --oformat binary -Ttext 0x7c00 -o probe-guest.bin p.o
.code16
.globl _start
_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    # page tables at 0x1000 (PML4), 0x2000 (PDPT), 0x3000 (PD): the first 2 MiB mapped to themselves
    movw $0x1000, %di
    movw $0x1800, %cx
    cld
    rep stosw
    movl $0x2003, 0x1000
    movl $0x3003, 0x2000
    movl $0x0083, 0x3000
    movl $0x1000, %eax
    movl %eax, %cr3
    movl %cr4, %eax
    orl $0x20, %eax          # PAE
    movl %eax, %cr4
    movl $0xc0000080, %ecx   # EFER.LME
    rdmsr
    orl $0x100, %eax
    wrmsr
    lgdtl gdtr
    movl %cr0, %eax
    orl $0x80000001, %eax
    movl %eax, %cr0
    ljmpl $8, $long
.code64
long:
    movl $1, %eax
    cpuid
    btl $26, %edx  # SSE2
    jnc bad
    movb $0x2a, %al
    outb %al, $0xf4
bad:
    movb $0x2b, %al
    outb %al, $0xf4
1:  hlt
    jmp 1b
.align 8
gdt: .quad 0
     .quad 0x00209a0000000000
gdtr: .word 15
      .long gdt
.org 510
.word 0xaa55
