namespace Codexport.Engine.Homes.Commands;

/// <summary>
/// Reads a command line as a shell of Unix does, as far as it takes to know how each character is quoted and which words there are. What
/// it does not follow (backquotes, arithmetic, here-documents) is marked so, and nothing that needs quoting is put there.
/// </summary>
internal sealed class ShReader
{
    private readonly string _text;
    private readonly CommandReading _reading;
    private int _index;
    private bool _isBroken;

    private ShReader(string text) => (_text, _reading) = (text, new CommandReading(text));

    internal static CommandReading Read(string text)
    {
        var reader = new ShReader(text);
        reader.ReadCommands(isNested: false);
        if (reader._isBroken)
        {
            reader._reading.MarkAllOpaque();
        }

        return reader._reading;
    }

    private char Peek(int ahead) => _index + ahead < _text.Length ? _text[_index + ahead] : '\0';

    // Up to the end, or in $(…) to its closing bracket.
    private void ReadCommands(bool isNested)
    {
        var line = new CommandLine(_reading);
        var open = 0;
        while (_index < _text.Length)
        {
            var letter = _text[_index];
            if (letter == ')' && isNested && open == 0)
            {
                _index++;
                line.EndCommand();
                return;
            }

            open += letter == '(' ? 1 : letter == ')' && open > 0 ? -1 : 0;
            _isBroken |= isNested && line.Open?.Value == "case" && char.IsWhiteSpace(letter);
            ReadOne(letter, line);
        }

        line.EndCommand();
        _isBroken |= isNested;
    }

    private void ReadOne(char letter, CommandLine line)
    {
        switch (letter)
        {
            case '\\':
                ReadEscape(line.Word);
                break;
            case '\'':
                ReadSingle(line.Word);
                break;
            case '"':
                ReadDouble(line.Word);
                break;
            case '$':
                ReadDollar(line.Word, Quoting.Bare);
                break;
            case '`':
                ReadBackquotes(line.Word);
                break;
            case '#' when line.Open is null:
                var end = _text.IndexOf('\n', _index);
                MarkTo(end < 0 ? _text.Length : end, Quoting.Comment);
                break;
            case '\n' or ';' or '&' or '|' or '(' or ')':
                line.EndCommand();
                _index++;
                break;
            case '<' or '>':
                line.EndWord();
                ReadRedirection();
                break;
            case ' ' or '\t' or '\r':
                line.EndWord();
                _index++;
                break;
            default:
                line.Word.Add(letter, _index, ++_index);
                break;
        }
    }

    private void MarkTo(int end, Quoting quoting)
    {
        _reading.Mark(_index, end, quoting);
        _index = end;
    }

    private void ReadEscape(CommandWord word)
    {
        if (Peek(1) is '\0')
        {
            word.Add('\\', _index, ++_index);
            return;
        }

        _reading.Mark(_index, _index + 2, Quoting.Escaped);
        if (Peek(1) != '\n')
        {
            word.Add(Peek(1), _index, _index + 2);
        }

        _index += 2;
    }

    private void ReadRedirection()
    {
        var isHere = Peek(0) == '<' && Peek(1) == '<' && Peek(2) != '<';
        if (isHere)
        {
            // What follows may be the text of the here-document, where quotes mean nothing.
            MarkTo(_text.Length, Quoting.Opaque);
            return;
        }

        while (Peek(0) is '<' or '>' or '&')
        {
            _index++;
        }
    }

    private void ReadSingle(CommandWord word)
    {
        var end = _text.IndexOf('\'', _index + 1);
        if (end < 0)
        {
            (_isBroken, _index) = (true, _text.Length);
            return;
        }

        _reading.Mark(_index + 1, end, Quoting.Single);
        for (_index++; _index < end; _index++)
        {
            word.Add(_text[_index], _index, _index + 1);
        }

        _index = end + 1;
    }

    private void ReadDouble(CommandWord word)
    {
        _index++;
        while (_index < _text.Length && _text[_index] != '"')
        {
            switch (_text[_index])
            {
                case '\\' when Peek(1) is '$' or '`' or '"' or '\\':
                    _reading.Mark(_index, _index + 2, Quoting.EscapedInDouble);
                    word.Add(Peek(1), _index, _index + 2);
                    _index += 2;
                    break;
                case '\\' when Peek(1) is '\n':
                    _index += 2;
                    break;
                case '$':
                    ReadDollar(word, Quoting.Double);
                    break;
                case '`':
                    ReadBackquotes(word);
                    break;
                default:
                    _reading.Mark(_index, _index + 1, Quoting.Double);
                    word.Add(_text[_index], _index, ++_index);
                    break;
            }
        }

        _isBroken |= _index >= _text.Length;
        _index++;
    }

    private void ReadDollar(CommandWord word, Quoting around)
    {
        var start = _index;
        switch (Peek(1))
        {
            case '(' when Peek(2) == '(':
                var end = _text.IndexOf("))", _index, StringComparison.Ordinal);
                MarkTo(end < 0 ? _text.Length : end + 2, Quoting.Opaque);
                break;
            case '(':
                _index += 2;
                ReadCommands(isNested: true);
                break;
            case '{':
                _index += 2;
                ReadBraces(around == Quoting.Bare ? Quoting.Bare : Quoting.DoubleBraced);
                break;
            case '\'' when around == Quoting.Bare:
                ReadAnsi(word);
                return;
            case '"' when around == Quoting.Bare:
                _index++;
                return;
            case var next when char.IsAsciiLetterOrDigit(next) || next is '_' or '@' or '*' or '#' or '?' or '$' or '!' or '-':
                for (_index += 2; char.IsAsciiLetterOrDigit(_text[_index - 1]) && (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_');)
                {
                    _index++;
                }

                break;
            default:
                _reading.Mark(_index, _index + 1, around);
                word.Add('$', _index, ++_index);
                return;
        }

        word.Add(CommandWord.Unknown, start, Math.Min(_index, _text.Length));
    }

    // ${NAME:-text}: the text is quoted as what stands around it.
    private void ReadBraces(Quoting around)
    {
        var inner = new CommandWord();
        while (_index < _text.Length && _text[_index] != '}')
        {
            switch (_text[_index])
            {
                case '\\':
                    ReadEscape(inner);
                    break;
                case '\'' when around == Quoting.Bare:
                    ReadSingle(inner);
                    break;
                case '"' when around == Quoting.Bare:
                    ReadDouble(inner);
                    break;
                case '"':
                    _isBroken = true;
                    _index++;
                    break;
                case '$':
                    ReadDollar(inner, around);
                    break;
                case '`':
                    ReadBackquotes(inner);
                    break;
                default:
                    _reading.Mark(_index, _index + 1, around);
                    inner.Add(_text[_index], _index, ++_index);
                    break;
            }
        }

        // Not a command, but text in which a path may stand.
        _reading.Commands.Add([inner]);
        _isBroken |= _index >= _text.Length;
        _index++;
    }

    private void ReadAnsi(CommandWord word)
    {
        for (_index += 2; _index < _text.Length && _text[_index] != '\'';)
        {
            if (_text[_index] != '\\')
            {
                _reading.Mark(_index, _index + 1, Quoting.Ansi);
                word.Add(_text[_index], _index, ++_index);
                continue;
            }

            _reading.Mark(_index, _index + 2, Quoting.Opaque);
            word.Add(Peek(1) is '\'' or '\\' or '"' ? Peek(1) : CommandWord.Unknown, _index, Math.Min(_index + 2, _text.Length));
            _index += 2;
        }

        _isBroken |= _index >= _text.Length;
        _index++;
    }

    private void ReadBackquotes(CommandWord word)
    {
        var start = _index++;
        while (_index < _text.Length && _text[_index] != '`')
        {
            _index += _text[_index] == '\\' ? 2 : 1;
        }

        _isBroken |= _index >= _text.Length;
        _index = Math.Min(_index + 1, _text.Length);
        _reading.Mark(start, _index, Quoting.Opaque);
        word.Add(CommandWord.Unknown, start, _index);
    }
}
