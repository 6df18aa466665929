param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
    Set-Content "$($master.Home)/.codex/AGENTS.md" 'of the team'
    Update-CodexportBundle -HomePath $master.Home
    Wait-Until { (Sync-CodexportFollower -StageOnly -HomePath $follower).Status -eq 'Staged' }
    Stop-TestMaster $master.Server
    $kept = Get-CodexportRevision -HomePath $follower
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Get-CodexportRevision' {
    It 'lists what is kept, newest first, and says what it is' {
        $kept.Count | Should -Be 2
        $kept.Staged | Should -Be $true, $false
        $kept.Applied | Should -Be $false, $true
        $kept.Files | Should -Be 3, 2
        $kept[0].FetchedAt | Should -BeGreaterOrEqual $kept[1].FetchedAt
        $kept[0].FetchedAt.Kind | Should -Be 'Local'
    }

    It 'takes beginnings and wildcards, and goes on after one that is not kept' {
        (Get-CodexportRevision $kept[1].Revision.Substring(0, 12) -HomePath $follower).Revision | Should -Be $kept[1].Revision
        (Get-CodexportRevision "$($kept[0].Revision.Substring(0, 12))*", $kept[1].Revision -HomePath $follower).Revision | Should -Be $kept.Revision
        Get-CodexportRevision zz* -HomePath $follower | Should -BeNullOrEmpty
        $found = Get-CodexportRevision zz, $kept[0].Revision -HomePath $follower -ErrorAction SilentlyContinue -ErrorVariable failures
        $found.Revision | Should -Be $kept[0].Revision
        Assert-Error $failures[0] 'Get-CodexportRevision' 'RevisionNotFound' 'ObjectNotFound' 'zz'
    }

    It 'completes hashes' {
        Get-Completion "Get-CodexportRevision -HomePath '$follower' -Revision " | Should -Be $kept.Revision
    }

    It 'gives what can be applied' {
        $before = Get-Snapshot $TestDrive
        $kept[1] | Install-CodexportRevision -HomePath $follower -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        Assert-SameJson @($kept) (Get-ProgramJson $ProgramPath $follower 'revision', 'list').revisions
        & $ProgramPath revision list --home $follower | Out-String | Should -BeLike "*$($kept[0].Revision.Substring(0, 12))*staged*"
    }

    It 'has a table and a list' {
        Assert-View $kept 'Codexport.Engine.Results.RevisionInfo'
    }

    It 'needs a follower' {
        $record = Get-ErrorOf { Get-CodexportRevision -HomePath $master.Home }
        Assert-Error $record 'Get-CodexportRevision' 'NotFollower' 'InvalidOperation' $record.TargetObject
    }
}
