"""Every fixer, in its order (FIX-001): what is renamed first is found under its new name later."""

from __future__ import annotations

from . import changes
from .rules import Fixer, in_texts, removed, renamed, replaced

_AMAZON = ("amazon-",)
_HYPERV = ("hyperv-",)
_PARALLELS = ("parallels-",)

FIXERS: tuple[Fixer, ...] = (
    Fixer("iso-md5", "Write iso_md5 as iso_checksum", "builder", rule=changes.iso_md5),
    Fixer(
        "createtime",
        "Write {{.CreateTime}} as {{timestamp}}",
        "builder",
        rule=in_texts(changes.create_time),
    ),
    Fixer(
        "virtualbox-gaattach",
        "Write guest_additions_attach as guest_additions_mode",
        "builder",
        ("virtualbox", "virtualbox-"),
        replaced("guest_additions_attach", "guest_additions_mode", changes.additions),
    ),
    Fixer(
        "pp-vagrant-override",
        "Put options for one provider into override",
        "post-processor",
        ("vagrant",),
        changes.vagrant_override,
    ),
    Fixer(
        "virtualbox-rename",
        "Call the builder virtualbox virtualbox-iso",
        "builder",
        renames=("virtualbox", "virtualbox-iso"),
    ),
    Fixer(
        "vmware-rename",
        "Call the builder vmware vmware-iso",
        "builder",
        renames=("vmware", "vmware-iso"),
    ),
    Fixer(
        "parallels-headless",
        "Remove headless, which nothing reads",
        "builder",
        _PARALLELS,
        removed("headless"),
    ),
    Fixer(
        "parallels-deprecations",
        "Write guest_os_distribution as guest_os_type, remove parallels_tools_host_path",
        "builder",
        _PARALLELS,
        changes.parallels,
    ),
    Fixer(
        "sshkeypath",
        "Write ssh_key_path as ssh_private_key_file",
        "builder",
        rule=renamed(ssh_key_path="ssh_private_key_file"),
    ),
    Fixer(
        "sshdisableagent",
        "Write ssh_disable_agent as ssh_disable_agent_forwarding",
        "builder",
        rule=renamed(ssh_disable_agent="ssh_disable_agent_forwarding"),
    ),
    Fixer(
        "scaleway-access-key",
        "Write access_key as organization_id",
        "builder",
        ("scaleway",),
        renamed(access_key="organization_id"),
    ),
    Fixer(
        "manifest-filename",
        "Write filename as output",
        "post-processor",
        ("manifest",),
        renamed(filename="output"),
    ),
    Fixer(
        "amazon-shutdown_behavior",
        "Write shutdown_behaviour as shutdown_behavior",
        "builder",
        _AMAZON,
        renamed(shutdown_behaviour="shutdown_behavior"),
    ),
    Fixer(
        "amazon-enhanced-networking",
        "Write enhanced_networking as ena_support",
        "builder",
        _AMAZON,
        renamed(enhanced_networking="ena_support"),
    ),
    Fixer(
        "amazon-private-ip",
        "Write ssh_private_ip as ssh_interface",
        "builder",
        _AMAZON,
        replaced("ssh_private_ip", "ssh_interface", changes.interface),
    ),
    Fixer(
        "amazon-temp-sec-cidrs",
        "Write temporary_security_group_source_cidr as a list",
        "builder",
        _AMAZON,
        replaced(
            "temporary_security_group_source_cidr",
            "temporary_security_group_source_cidrs",
            changes.as_list,
        ),
    ),
    Fixer(
        "docker-email",
        "Remove login_email, which no registry reads",
        "builder",
        ("docker",),
        removed("login_email"),
    ),
    Fixer(
        "docker-email",
        "Remove login_email, which no registry reads",
        "post-processor",
        ("docker-push",),
        removed("login_email"),
    ),
    Fixer(
        "docker-tag-tags",
        "Put tag into tags",
        "post-processor",
        ("docker-tag",),
        changes.docker_tags,
    ),
    Fixer(
        "powershell-escapes",
        "Remove escapes from variables and passwords, which are escaped by themselves",
        "provisioner",
        ("powershell",),
        changes.powershell,
    ),
    Fixer(
        "vmware-compaction",
        "Skip the compaction of disks that cannot be compacted on ESXi",
        "builder",
        ("vmware-iso",),
        changes.vmware_compaction,
    ),
    Fixer(
        "hyperv-deprecations",
        "Remove vhd_temp_path, which nothing reads",
        "builder",
        _HYPERV,
        removed("vhd_temp_path"),
    ),
    Fixer(
        "hyperv-vmxc-typo",
        "Write clone_from_vmxc_path as clone_from_vmcx_path",
        "builder",
        _HYPERV,
        renamed(clone_from_vmxc_path="clone_from_vmcx_path"),
    ),
    Fixer(
        "hyperv-cpu-and-ram",
        "Write cpu as cpus, and ram_size as memory",
        "builder",
        _HYPERV,
        renamed(cpu="cpus", ram_size="memory"),
    ),
    Fixer(
        "clean-image-name",
        "Write clean_ami_name and clean_image_name as clean_resource_name",
        "builder",
        rule=in_texts(changes.clean_name),
    ),
    Fixer(
        "spot-price-auto-product",
        "Remove spot_price_auto_product, which nothing reads",
        "builder",
        _AMAZON,
        removed("spot_price_auto_product"),
    ),
    Fixer(
        "qemu-disk-size",
        "Write disk_size with its unit",
        "builder",
        ("qemu",),
        changes.qemu_disk_size,
    ),
    Fixer(
        "galaxy-command",
        "Write galaxycommand as galaxy_command",
        "provisioner",
        ("ansible", "ansible-"),
        renamed(galaxycommand="galaxy_command"),
    ),
    Fixer(
        "comm-config",
        "Remove ssh_ from options of forwarded ports",
        "builder",
        ("virtualbox-",),
        renamed(
            ssh_host_port_min="host_port_min",
            ssh_host_port_max="host_port_max",
            ssh_skip_nat_mapping="skip_nat_mapping",
        ),
    ),
    Fixer(
        "ssh-wait-timeout",
        "Write ssh_wait_timeout as ssh_timeout",
        "builder",
        rule=renamed(ssh_wait_timeout="ssh_timeout"),
    ),
    Fixer(
        "vsphere-iso-net-disk",
        "Put options of the network and the disk into network_adapters and storage",
        "builder",
        ("vsphere-iso",),
        changes.vsphere,
    ),
    Fixer(
        "iso-checksum-type-and-url",
        "Write iso_checksum_type and iso_checksum_url into iso_checksum",
        "builder",
        rule=changes.iso_checksum,
    ),
    Fixer(
        "qemu-host-port",
        "Remove ssh_ from options of forwarded ports",
        "builder",
        ("qemu",),
        renamed(ssh_host_port_min="host_port_min", ssh_host_port_max="host_port_max"),
    ),
    Fixer(
        "azure-exclude_from_latest",
        "Write exlude_from_latest as exclude_from_latest",
        "builder",
        ("azure-",),
        changes.azure,
    ),
    Fixer(
        "proxmox-type",
        "Call the builder proxmox proxmox-iso",
        "builder",
        renames=("proxmox", "proxmox-iso"),
    ),
)
"""34 of them, `docker-email` in two parts."""
