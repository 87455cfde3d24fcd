package main
import ("testing";"fmt";"github.com/copytaster/copytaster/internal/cluster";"slices";"maps")
func TestZ(t *testing.T){
 t.Setenv("COPYTASTER_CORPUS","/work/shared/corpus")
 for _,name:=range []string{"meantime","wmt21"} {
 stories,_:=storiesOf(name)
 by:=map[string][]sketched{}
 for _,s:=range sketchAll(stories){ by[s.Language]=append(by[s.Language],s)}
 ls:=slices.Sorted(maps.Keys(by))
 for i,a:=range ls { for _,b:=range ls[i+1:] {
  as,bs:=by[a],by[b]
  all:=0; var rs,ws []string
  for _,x:=range as { if slices.ContainsFunc(bs,func(y sketched)bool{return y.label==x.label}) {all++} }
  if all==0 {continue}
  top:=func(s sketched, l []sketched)(int,float64,float64){ at,b1,b2:=0,0.0,0.0; for i,o:=range l { v:=cluster.Similarity(s.Sketch,o.Sketch); if v>b1 {b2=b1;b1=v;at=i} else if v>b2 {b2=v} }; return at,b1,b2 }
  for i,x:=range as { j,v,second:=top(x,bs); k,_,s2:=top(bs[j],as); if k!=i||v==0 {continue}
    second=max(second,s2)
    d:=fmt.Sprintf("%.2f/%.1f",v,v/max(second,.01)); if bs[j].label==x.label {rs=append(rs,d)} else {ws=append(ws,d)} }
  slices.Sort(rs); slices.Sort(ws)
  fmt.Println(name,a,b,"all",all,"right",len(rs),"wrong",len(ws)); fmt.Println("  R",rs[:min(len(rs),40)]); fmt.Println("  W",ws)
 }}}
}
