param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-Item -ItemType Directory (Join-Path $TestDrive 'follower')
    # Without an invite the follower waits.
    $join = @{ Master = "https://127.0.0.1:$($master.Server.Port)"; Fingerprint = (Get-CodexportStatus -HomePath $master.Home).Fingerprint; HomePath = $follower.FullName }
    $waiting = Get-ErrorOf { Join-CodexportFollower @join }
    $name = [Environment]::MachineName
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Approve-CodexportFollower' {
    It 'is what a follower without an invite waits for' {
        Assert-Error $waiting 'Join-CodexportFollower' 'ApprovalPending' 'PermissionDenied' $waiting.TargetObject
        (Get-CodexportFollower -HomePath $master.Home).State | Should -Be 'Pending'
        Test-Path $follower/.codex/config.toml | Should -BeFalse
    }

    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Approve-CodexportFollower $name -HomePath $master.Home -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
        (Get-CodexportFollower -HomePath $master.Home).State | Should -Be 'Pending'
    }

    It 'lets in who waits, by the pipeline, in silence' {
        Get-CodexportFollower -HomePath $master.Home | Where-Object State -EQ Pending | Approve-CodexportFollower -HomePath $master.Home | Should -BeNullOrEmpty
        # The server looks at its book now and then.
        $script:joined = $null
        Wait-Until {
            try { $script:joined = Sync-CodexportFollower -HomePath $follower.FullName } catch { $_.FullyQualifiedErrorId | Should -BeLike 'ApprovalPending,*' }
            $script:joined
        }
        $joined.Status | Should -Be 'Applied'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
    }

    It 'takes the id, and writes the follower with -PassThru' {
        $id = (Get-CodexportFollower -HomePath $master.Home).Id
        $result = Approve-CodexportFollower $id -HomePath $master.Home -PassThru
        $result.State | Should -Be 'Approved'
        $result.Name | Should -Be $name
    }

    It 'writes what the program prints' {
        $result = Approve-CodexportFollower $name -HomePath $master.Home -PassThru
        Assert-SameField $result (Get-ProgramJson $ProgramPath $master.Home 'master', 'followers', 'approve', $name)
    }

    It 'has a table and a list' {
        Assert-View (Approve-CodexportFollower $name -HomePath $master.Home -PassThru) 'Codexport.Engine.Results.FollowerInfo' -Without BehindMoreThan, RevisionsBehind
    }

    It 'names a follower that is not known, and goes on with the next' {
        Assert-Error (Get-ErrorOf { Approve-CodexportFollower nobody -HomePath $master.Home }) 'Approve-CodexportFollower' 'FollowerNotFound' 'ObjectNotFound' 'nobody'
        $done = 'nobody', $name | Approve-CodexportFollower -HomePath $master.Home -PassThru -ErrorAction SilentlyContinue -ErrorVariable failures
        $done.Name | Should -Be $name
        $failures[0].TargetObject | Should -Be 'nobody'
    }
}
