# packer build example/template.pkr.hcl
{%- if cookiecutter.datasource %}

data "{{ cookiecutter.name }}" "word" {
  word = "packer"
}

locals {
  content = data.{{ cookiecutter.name }}.word.upper
}
{%- else %}

locals {
  content = "hello"
}
{%- endif %}
{%- if cookiecutter.builder %}

source "{{ cookiecutter.name }}" "example" {
  target  = "image"
  content = local.content
}
{%- else %}

source "file" "example" {
  target  = "image"
  content = local.content
}
{%- endif %}

build {
{%- if cookiecutter.builder %}
  sources = ["source.{{ cookiecutter.name }}.example"]
{%- else %}
  sources = ["source.file.example"]
{%- endif %}
{%- if cookiecutter.provisioner %}

  provisioner "{{ cookiecutter.name }}" {
    command = "cat image; echo"
  }
{%- endif %}
{%- if cookiecutter.post_processor %}

  post-processor "{{ cookiecutter.name }}" {
    output = "files"
  }
{%- endif %}
}
