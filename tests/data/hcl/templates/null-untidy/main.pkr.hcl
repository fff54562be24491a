variable   "a"   {
type=string
      default   =   "x"   # short
  description="longer than that"// words
}
locals{
l=[1,2,
3,
]
m   = {
a=1
bbb   =   2,
"c d":3
}
n = (1+
2)*3
o=[ for  x in[1,2]:x ]
p = true ? - 1: - 2
q="${  upper( "x" )  }"
}
source   null   x   {communicator="none"}
build{
sources=[ "null.x" ]
}
