"""Components as they were written once, and as they are written now, by the name of the fixer."""

from __future__ import annotations

from typing import Any

Pair = tuple[str, dict[str, Any], dict[str, Any]]

PAIRS: dict[str, Pair] = {
    "iso-md5": (
        "builders",
        {"type": "x", "iso_md5": "ab"},
        {"type": "x", "iso_checksum": "ab", "iso_checksum_type": "md5"},
    ),
    "createtime": (
        "builders",
        {"type": "x", "name": "a-{{ .CreateTime }}", "tags": [{"at": "{{.CreateTime}}"}]},
        {"type": "x", "name": "a-{{timestamp}}", "tags": [{"at": "{{timestamp}}"}]},
    ),
    "virtualbox-gaattach": (
        "builders",
        {"type": "virtualbox", "guest_additions_attach": True},
        {"type": "virtualbox", "guest_additions_mode": "attach"},
    ),
    "pp-vagrant-override": (
        "post-processors",
        {"type": "vagrant", "aws": {"a": 1}, "override": {"vmware": {}}, "output": "o"},
        {"type": "vagrant", "override": {"aws": {"a": 1}, "vmware": {}}, "output": "o"},
    ),
    "virtualbox-rename": ("builders", {"type": "virtualbox"}, {"type": "virtualbox-iso"}),
    "vmware-rename": ("builders", {"type": "vmware"}, {"type": "vmware-iso"}),
    "parallels-headless": (
        "builders",
        {"type": "parallels-pvm", "headless": True, "x": 1},
        {"type": "parallels-pvm", "x": 1},
    ),
    "parallels-deprecations": (
        "builders",
        {
            "type": "parallels-iso",
            "guest_os_distribution": "ubuntu",
            "guest_os_type": "linux",
            "parallels_tools_host_path": "p",
        },
        {"type": "parallels-iso", "guest_os_type": "ubuntu"},
    ),
    "sshkeypath": (
        "builders",
        {"type": "x", "ssh_key_path": "k"},
        {"type": "x", "ssh_private_key_file": "k"},
    ),
    "sshdisableagent": (
        "builders",
        {"type": "x", "ssh_disable_agent": True},
        {"type": "x", "ssh_disable_agent_forwarding": True},
    ),
    "scaleway-access-key": (
        "builders",
        {"type": "scaleway", "access_key": "k"},
        {"type": "scaleway", "organization_id": "k"},
    ),
    "manifest-filename": (
        "post-processors",
        {"type": "manifest", "filename": "m.json"},
        {"type": "manifest", "output": "m.json"},
    ),
    "amazon-shutdown_behavior": (
        "builders",
        {"type": "amazon-ebs", "shutdown_behaviour": "stop"},
        {"type": "amazon-ebs", "shutdown_behavior": "stop"},
    ),
    "amazon-enhanced-networking": (
        "builders",
        {"type": "amazon-ebs", "enhanced_networking": True},
        {"type": "amazon-ebs", "ena_support": True},
    ),
    "amazon-private-ip": (
        "builders",
        {"type": "amazon-ebs", "ssh_private_ip": "true"},
        {"type": "amazon-ebs", "ssh_interface": "private_ip"},
    ),
    "amazon-temp-sec-cidrs": (
        "builders",
        {"type": "amazon-ebs", "temporary_security_group_source_cidr": "10.0.0.0/8"},
        {"type": "amazon-ebs", "temporary_security_group_source_cidrs": ["10.0.0.0/8"]},
    ),
    "docker-email": (
        "post-processors",
        {"type": "docker-push", "login_email": "a@b", "login": True},
        {"type": "docker-push", "login": True},
    ),
    "docker-tag-tags": (
        "post-processors",
        {"type": "docker-tag", "tag": "a, b", "tags": ["b", "c"]},
        {"type": "docker-tag", "tags": ["a", "b", "c"]},
    ),
    "powershell-escapes": (
        "provisioners",
        {"type": "powershell", "elevated_password": "a`$b``", "environment_vars": ['A=`"x`"']},
        {"type": "powershell", "elevated_password": "a$b`", "environment_vars": ['A="x"']},
    ),
    "vmware-compaction": (
        "builders",
        {"type": "vmware-iso", "remote_type": "esx5"},
        {
            "type": "vmware-iso",
            "remote_type": "esx5",
            "disk_type_id": "zeroedthick",
            "skip_compaction": True,
        },
    ),
    "hyperv-deprecations": (
        "builders",
        {"type": "hyperv-iso", "vhd_temp_path": "p"},
        {"type": "hyperv-iso"},
    ),
    "hyperv-vmxc-typo": (
        "builders",
        {"type": "hyperv-vmcx", "clone_from_vmxc_path": "p"},
        {"type": "hyperv-vmcx", "clone_from_vmcx_path": "p"},
    ),
    "hyperv-cpu-and-ram": (
        "builders",
        {"type": "hyperv-iso", "cpu": 2, "ram_size": 1024},
        {"type": "hyperv-iso", "cpus": 2, "memory": 1024},
    ),
    "clean-image-name": (
        "builders",
        {"type": "x", "a": "{{ user `n` | clean_ami_name }}", "b": "clean_image_name"},
        {"type": "x", "a": "{{ user `n` | clean_resource_name }}", "b": "clean_image_name"},
    ),
    "spot-price-auto-product": (
        "builders",
        {"type": "amazon-ebs", "spot_price_auto_product": "Linux/UNIX"},
        {"type": "amazon-ebs"},
    ),
    "qemu-disk-size": (
        "builders",
        {"type": "qemu", "disk_size": 40960},
        {"type": "qemu", "disk_size": "40960M"},
    ),
    "galaxy-command": (
        "provisioners",
        {"type": "ansible-local", "galaxycommand": "g"},
        {"type": "ansible-local", "galaxy_command": "g"},
    ),
    "comm-config": (
        "builders",
        {"type": "virtualbox-ovf", "ssh_host_port_min": 1, "host_port_min": 2},
        {"type": "virtualbox-ovf", "host_port_min": 2},
    ),
    "ssh-wait-timeout": (
        "builders",
        {"type": "x", "ssh_wait_timeout": "5m"},
        {"type": "x", "ssh_timeout": "5m"},
    ),
    "vsphere-iso-net-disk": (
        "builders",
        {
            "type": "vsphere-iso",
            "network": "n",
            "networkCard": "vmxnet3",
            "disk_size": 5000,
            "storage": [{"disk_size": 1}],
        },
        {
            "type": "vsphere-iso",
            "network_adapters": [{"network": "n", "network_card": "vmxnet3"}],
            "storage": [{"disk_size": 5000}, {"disk_size": 1}],
        },
    ),
    "iso-checksum-type-and-url": (
        "builders",
        {"type": "x", "iso_checksum": "ab", "iso_checksum_type": "md5"},
        {"type": "x", "iso_checksum": "md5:ab"},
    ),
    "qemu-host-port": (
        "builders",
        {"type": "qemu", "ssh_host_port_max": 4},
        {"type": "qemu", "host_port_max": 4},
    ),
    "azure-exclude_from_latest": (
        "builders",
        {"type": "azure-arm", "shared_image_gallery_destination": {"exlude_from_latest": True}},
        {"type": "azure-arm", "shared_image_gallery_destination": {"exclude_from_latest": True}},
    ),
    "proxmox-type": ("builders", {"type": "proxmox"}, {"type": "proxmox-iso"}),
}
