-- What HTML has no element for. Pandoc runs this on what it has read from the page, before it writes the Word file.

local function styled(blocks, style)
  return pandoc.Div(blocks, { ["custom-style"] = style })
end

local function field_char(kind)
  return pandoc.RawInline("openxml", ('<w:r><w:fldChar w:fldCharType="%s"/></w:r>'):format(kind))
end

function Span(span)
  if span.classes:includes("footnote") then
    return pandoc.Note(pandoc.Para(span.content))
  end
end

-- Links to the headings, in a field that Word replaces with titles and page numbers when the reader asks for it.
-- Pandoc's own --toc leaves the field empty and makes Word ask about updating it whenever the file is opened.
function Div(div)
  if div.identifier == "contents" then
    local lines = div.content
    local instruction = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r>'
    lines[1].content:insert(1, field_char("begin"))
    lines[1].content:insert(2, pandoc.RawInline("openxml", instruction))
    lines[1].content:insert(3, field_char("separate"))
    lines[#lines].content:insert(field_char("end"))
    return styled(lines, "toc 1")
  end
end

function HorizontalRule()
  return pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
end

-- Pandoc would write a cell in the style of a compact list.
function Table(table)
  local function style_cells(rows, style)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do
        local paragraphs = cell.contents:walk({ Plain = function(plain) return pandoc.Para(plain.content) end })
        cell.contents = { styled(paragraphs, style) }
      end
    end
  end
  style_cells(table.head.rows, "Table Heading")
  for _, body in ipairs(table.bodies) do
    style_cells(body.body, "Table Text")
  end
  return table
end
