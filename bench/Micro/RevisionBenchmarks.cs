using System.Globalization;
using BenchmarkDotNet.Attributes;
using Codexport.Engine.Content;
using Codexport.Engine.Protocol;

namespace Codexport.Benchmarks.Micro;

/// <summary>Writing, reading and hashing revision documents of 5,000 files.</summary>
[MemoryDiagnoser]
public class RevisionBenchmarks
{
    private RevisionDocument _document = null!;
    private byte[] _bytes = null!;
    private RevisionDocument _next = null!;

    [GlobalSetup]
    public void Setup()
    {
        RevisionFile[] files = [.. Enumerable.Range(0, 5000).Select(index => new RevisionFile(
            string.Create(CultureInfo.InvariantCulture, $"skills/skill-{index:00000}/SKILL.md"), false, 4096, Sha256Hash.Of(BitConverter.GetBytes(index))))];
        _document = new RevisionDocument(files);
        _bytes = RevisionCodec.Write(_document);
        files[2500] = files[2500] with { Hash = Sha256Hash.Of("changed"u8) };
        _next = new RevisionDocument(files);
    }

    [Benchmark]
    public byte[] Write() => RevisionCodec.Write(_document);

    [Benchmark]
    public RevisionDocument Read() => RevisionCodec.Read(_bytes);

    [Benchmark]
    public Sha256Hash Hash() => RevisionCodec.RevisionOf(_bytes);

    [Benchmark]
    public byte[] Delta() => RevisionCodec.WriteDelta(_document, _next);
}
